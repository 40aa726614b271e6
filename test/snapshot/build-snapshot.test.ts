import { InvariantError } from '../../src/diagnostics/invariant';
import { encodeAny } from '../../src/protos';
import { buildSnapshot } from '../../src/snapshot/build-snapshot';
import { type EncodableResource, ResourceEncoder } from '../../src/snapshot/resource-encoder';
import { changedNames } from '../../src/snapshot/resource-set';
import { RESOURCE_TYPES } from '../../src/snapshot/snapshot';

type Name = Parameters<typeof encodeAny>[0];
type Encodable = EncodableResource<Name>;

const KEY = Buffer.alloc(32, 7);
const encoder = (key = KEY) => new ResourceEncoder<Name>((name, message) => encodeAny(name, message as never), key);

const origins = (line = 1) => [
  { kind: 'Mapping', namespace: 'default', name: 'm', location: { file: 'a.yaml', line, column: 1 } },
];
function cluster(name: string, extra: object = {}, references: Encodable['references'] = {}, line = 1): Encodable {
  const message = { name, ...extra };
  return {
    type: 'clusters',
    name,
    messageName: 'envoy.config.cluster.v3.Cluster',
    message,
    references,
    origins: origins(line),
  };
}
function secret(name: string, key = 'k'): Encodable {
  const message = { name, tls_certificate: { private_key: { inline_string: key } } };
  const messageName = 'envoy.extensions.transport_sockets.tls.v3.Secret';
  return { type: 'secrets', name, messageName, message, references: {}, origins: origins() };
}
function endpoints(name: string): Encodable {
  const message = { cluster_name: name };
  return {
    type: 'endpoints',
    name,
    messageName: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
    message,
    references: {},
    origins: [],
  };
}

describe('versions', () => {
  test('rule 16: equal content has equal versions, whatever the order, the process, or the object', () => {
    const one = buildSnapshot('default', [cluster('a'), cluster('b')], encoder());
    const two = buildSnapshot('default', [cluster('b'), cluster('a')], encoder());
    expect(two.types.clusters.version).toBe(one.types.clusters.version);
    expect([...two.types.clusters.resources.keys()]).toEqual(['a', 'b']);
    for (const [name, resource] of one.types.clusters.resources) {
      expect(two.types.clusters.resources.get(name)?.version).toBe(resource.version);
      expect(resource.version).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  test('rule 16: other content has another version, of the resource and of its type only', () => {
    const one = buildSnapshot('default', [cluster('a'), cluster('b')], encoder());
    const two = buildSnapshot('default', [cluster('a', { alt_stat_name: 'x' }), cluster('b')], encoder());
    expect(changedNames(one.types.clusters, two.types.clusters)).toEqual(['a']);
    expect(two.types.clusters.version).not.toBe(one.types.clusters.version);
    for (const type of RESOURCE_TYPES.filter((each) => each !== 'clusters')) {
      expect(two.types[type].version).toBe(one.types[type].version);
    }
  });

  test('rule 16: versions of secrets depend on a key, those of other types do not', () => {
    const input = () => [cluster('a', {}, { secrets: ['s'] }), secret('s')];
    const one = buildSnapshot('default', input(), encoder());
    const same = buildSnapshot('default', input(), encoder(Buffer.from(KEY)));
    const other = buildSnapshot('default', input(), encoder(Buffer.alloc(32, 8)));
    expect(same.types.secrets.version).toBe(one.types.secrets.version);
    expect(other.types.secrets.version).not.toBe(one.types.secrets.version);
    expect(other.types.clusters.version).toBe(one.types.clusters.version);
    expect(() => encoder(Buffer.alloc(8))).toThrow(InvariantError);
  });
});

describe('sharing', () => {
  test('a resource is encoded once', () => {
    let calls = 0;
    const counting = new ResourceEncoder<Name>((name, message) => {
      calls += 1;
      return encodeAny(name, message as never);
    }, KEY);
    const resources = [cluster('a'), cluster('b')];
    const first = buildSnapshot('default', resources, counting);
    buildSnapshot('default', resources, counting, first);
    buildSnapshot('another', resources, counting);
    expect(calls).toBe(2);
  });

  test('nothing changed: the very same snapshot, though every message was built anew', () => {
    const input = () => [cluster('a', {}, { secrets: ['s'] }), cluster('b'), secret('s')];
    const first = buildSnapshot('default', input(), encoder());
    expect(buildSnapshot('default', input().reverse(), encoder(), first)).toBe(first);
  });

  test('one resource changed: all others, and all other types, are the same objects', () => {
    const first = buildSnapshot(
      'default',
      [cluster('a', {}, { secrets: ['s'] }), cluster('b'), secret('s')],
      encoder(),
    );
    const input = [cluster('a', {}, { secrets: ['s'] }), cluster('b', { alt_stat_name: 'x' }), secret('s')];
    const second = buildSnapshot('default', input, encoder(), first);
    expect(second.types.secrets).toBe(first.types.secrets);
    expect(second.types.clusters.resources.get('a')).toBe(first.types.clusters.resources.get('a'));
    expect(changedNames(first.types.clusters, second.types.clusters)).toEqual(['b']);
  });

  test('a definition that moved to another line keeps bytes and versions, and gets its new origin', () => {
    const first = buildSnapshot('default', [cluster('a')], encoder());
    const second = buildSnapshot('default', [cluster('a', {}, {}, 9)], encoder(), first);
    const [before, after] = [first, second].map((each) => each.types.clusters.resources.get('a'));
    expect(after?.origins[0]?.location.line).toBe(9);
    expect(after?.any).toBe(before?.any);
    expect(second.types.clusters.version).toBe(first.types.clusters.version);
    expect(changedNames(first.types.clusters, second.types.clusters)).toEqual([]);
  });

  test('the changes between two sets name what was added, changed and removed', () => {
    const one = buildSnapshot('default', [cluster('a'), cluster('b'), cluster('c')], encoder());
    const two = buildSnapshot('default', [cluster('a'), cluster('b', { alt_stat_name: 'x' }), cluster('d')], encoder());
    expect([...changedNames(one.types.clusters, two.types.clusters)].sort()).toEqual(['b', 'c', 'd']);
  });
});

describe('consistency', () => {
  const build =
    (...resources: Encodable[]) =>
    () =>
      buildSnapshot('default', resources, encoder());

  test('rule 15: duplicate names are our own bug', () => {
    expect(build(cluster('a'), cluster('a'))).toThrow(/duplicate clusters "a"/);
  });

  test('rule 22: a reference that is not supplied is our own bug', () => {
    expect(build(cluster('a', {}, { secrets: ['s'] }))).toThrow(/clusters "a" refers to missing secrets "s"/);
    expect(build(cluster('a', {}, { endpoints: ['e'] }))).toThrow(InvariantError);
  });

  test('a secret or an assignment that nothing refers to is our own bug; a cluster is not', () => {
    expect(build(secret('s'))).toThrow(/nothing refers to secrets "s"/);
    expect(build(endpoints('e'))).toThrow(/nothing refers to endpoints "e"/);
    expect(build(cluster('a'))).not.toThrow();
    expect(build(cluster('a', {}, { secrets: ['s'], endpoints: ['e'] }), secret('s'), endpoints('e'))).not.toThrow();
  });

  test('the fault names resources and never holds what a secret holds', () => {
    expect(build(secret('s', 'very-private'))).toThrow(/^inconsistent snapshot: nothing refers to secrets "s"$/);
  });

  test('many faults are counted, not listed', () => {
    const many = Array.from({ length: 20 }, (_, index) => secret(`s${index}`));
    expect(build(...many)).toThrow(/; and 15 more$/);
  });
});
