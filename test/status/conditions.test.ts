import { offlineEncoder } from '../../src/cli/offline-encoder';
import { wantedAddresses, wantedConditions } from '../../src/cli/kubernetes/wanted-status';
import { mayTake } from '../../src/cli/kubernetes/leader';
import { compile } from '../../src/compile';
import type { ObjectWithStatus } from '../../src/sources/kubernetes/object-statuses';
import { RESOURCES } from '../../src/sources/kubernetes/resource';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { type Condition, Conditions, type EnvoyReport, envoyReport } from '../../src/status';
import type { NodeStatus, TypeStatus, XdsStatus } from '../../src/xds';
import { fixtureSecret, text } from '../support/decoded';

const AT = new Date('2026-06-15T12:00:00Z');
const documents = [
  text(
    'Listener',
    { port: 8443, protocol: 'HTTPS', securityModel: 'SECURE', hostBinding: { namespace: { from: 'ALL' } } },
    { name: 'listener' },
  ),
  text('Host', { hostname: 'example.com', tlsSecret: { name: 'server' } }, { name: 'host' }),
  text('TLSContext', { min_tls_version: 'v1.3', secret: 'server' }, { name: 'host-context' }),
  text(
    'Listener',
    { port: 8080, protocol: 'HTTP', securityModel: 'INSECURE', hostBinding: { namespace: { from: 'ALL' } } },
    { name: 'cleartext' },
  ),
  text(
    'Host',
    { hostname: 'plain.example.com', requestPolicy: { insecure: { action: 'Route' } } },
    { name: 'cleartext' },
  ),
  text(
    'TLSContext',
    { hosts: [], secret: 'client', ca_secret: 'ca', verify: { hostname: 'a.test' } },
    { name: 'context' },
  ),
  text('TLSContext', { hosts: [], secret: 'client' }, { name: 'unused' }),
  text(
    'Mapping',
    { hostname: 'example.com', prefix: '/', service: 'https://upstream', tls: 'context' },
    { name: 'good' },
  ),
  text('Mapping', { hostname: 'example.com', prefix: '/x/', service: 'x', tls: 'nowhere' }, { name: 'broken' }),
  fixtureSecret('server-rsa', 'server'),
  fixtureSecret('client-rsa', 'client'),
  fixtureSecret('ca', 'ca'),
].flatMap((content, index) => readDocuments(`${index}.yaml`, Buffer.from(content)).documents);
const policy = { strict: false, forceSecretValidation: false, installNamespace: 'default' };
const compilation = compile(documents, { policy, at: AT, encoder: offlineEncoder(), unread: [] });
const snapshot = compilation.groups.get('default')?.snapshot;

function node(id: string, change: Partial<TypeStatus> = {}, type = 'listeners'): NodeStatus {
  const types = Object.fromEntries(
    Object.entries(snapshot?.types ?? {}).map(([name, { version }]) => {
      const status: TypeStatus = {
        sentVersion: version,
        acceptedVersion: version,
        subscribed: '*',
        settled: true,
        parked: [],
        reasons: {},
      };
      return [name, name === type ? { ...status, ...change } : status];
    }),
  );
  return { id, cluster: 'edge', group: 'default', envoyVersion: '1.40.0', streams: [{ protocol: 'delta', types }] };
}

function conditions(nodes: XdsStatus['nodes'], at = AT): Conditions {
  return new Conditions({
    diagnostics: compilation.diagnostics,
    groups: [...compilation.groups.values()],
    xds: { nodes },
    at,
  });
}

const said = (all: readonly Condition[]) => all.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
const of = (kind: string, name: string, nodes: XdsStatus['nodes'], at = AT) =>
  said(conditions(nodes, at).of({ kind, namespace: 'default', name }));

test.each<[string, string, readonly string[]]>([
  ['Mapping', 'good', ['Accepted True Valid', 'Programmed True Acknowledged']],
  ['Mapping', 'broken', ['Accepted False CS3001', 'Programmed True Acknowledged']],
  ['Listener', 'listener', ['Accepted True Valid', 'Programmed True Acknowledged']],
  ['Host', 'host', ['Accepted True Valid', 'Programmed True Acknowledged', 'CertificateValid True Valid']],
  ['Host', 'cleartext', ['Accepted True Valid', 'Programmed True Acknowledged']],
  [
    'TLSContext',
    'host-context',
    ['Accepted True Valid', 'Programmed True Acknowledged', 'CertificateValid True Valid'],
  ],
  ['TLSContext', 'context', ['Accepted True Valid', 'Programmed True Acknowledged', 'CertificateValid True Valid']],
  ['TLSContext', 'unused', ['Accepted True Valid', 'Programmed False NothingToServe']],
])('%s %s', (kind, name, expected) => expect(of(kind, name, [node('edge')])).toEqual(expected));

test('a message has the codes and texts of validate, and what to do', () => {
  const [accepted] = conditions([]).of({ kind: 'Mapping', namespace: 'default', name: 'broken' });
  expect(accepted?.message).toMatch(/^error CS3001 .*; fix: /);
});

describe('programmed', () => {
  const programmed = (nodes: XdsStatus['nodes']) => of('Mapping', 'good', nodes)[1];

  test('by nobody', () => expect(programmed([])).toBe('Programmed Unknown NoEnvoys'));
  test('not by all yet', () =>
    expect(programmed([node('one'), node('two', { acceptedVersion: 'older', settled: false }, 'clusters')])).toBe(
      'Programmed Unknown Pending',
    ));
  test('refused', () => {
    const [name = ''] = snapshot?.types.clusters.resources.keys() ?? [];
    expect(programmed([node('one'), node('two', { parked: [name] }, 'clusters')])).toBe('Programmed False Refused');
  });
  describe('with what other replicas say', () => {
    const groups = [...compilation.groups.values()];
    const others = (change: Partial<EnvoyReport[string]>): readonly EnvoyReport[] => {
      const { default: ours } = envoyReport(groups, { nodes: [node('elsewhere')] });
      return ours === undefined ? [] : [{ default: { ...ours, ...change } }];
    };
    const told = (nodes: XdsStatus['nodes'], change: Partial<EnvoyReport[string]>) => {
      const { diagnostics } = compilation;
      const all = new Conditions({ diagnostics, groups, xds: { nodes }, others: others(change), at: AT });
      const [, condition] = all.of({ kind: 'Mapping', namespace: 'default', name: 'good' });
      return `${condition?.status} ${condition?.reason}: ${condition?.message}`;
    };
    const [cluster = ''] = snapshot?.types.clusters.resources.keys() ?? [];

    test.each<[string, XdsStatus['nodes'], Partial<EnvoyReport[string]>, string]>([
      ['all', [node('here')], {}, 'True Acknowledged: every Envoy that is connected has acknowledged it'],
      ['those of another only', [], {}, 'True Acknowledged: every Envoy that is connected has acknowledged it'],
      ['nobody', [], { envoys: 0 }, 'Unknown NoEnvoys: no Envoy of its node groups is connected'],
      ['not all of another', [node('here')], { behind: 1 }, 'Unknown Pending'],
      ['those of one that publishes something else', [node('here')], { version: 'older' }, 'Unknown Pending'],
      ['one without Envoys that does', [node('here')], { version: 'older', envoys: 0 }, 'True Acknowledged'],
      [
        'refused elsewhere',
        [node('here')],
        { refused: [{ type: 'clusters', resource: cluster, by: ['elsewhere'] }] },
        `False Refused: Envoy refused clusters ${cluster} by elsewhere`,
      ],
    ])('%s', (_who, nodes, change, expected) => expect(told(nodes, change)).toContain(expected));
  });
  test('what was refused of another is not this one’s', () => {
    const [name = ''] = snapshot?.types.clusters.resources.keys() ?? [];
    expect(of('Listener', 'listener', [node('two', { parked: [name] }, 'clusters')])[1]).toBe(
      'Programmed True Acknowledged',
    );
  });
});

test.each([
  ['2119-06-01T00:00:00Z', 'CertificateValid True ExpiresSoon'],
  ['2120-02-01T00:00:00Z', 'CertificateValid False Expired'],
  ['2001-01-01T00:00:00Z', 'CertificateValid False NotYetValid'],
])('a certificate as of %s', (at, expected) => expect(of('Host', 'host', [], new Date(at))[2]).toBe(expected));

describe('what is written', () => {
  const resource = RESOURCES.find(({ kind }) => kind === 'Mapping');
  if (resource === undefined) throw new Error('no Mappings');
  const object = (status: object, generation = 3): ObjectWithStatus => ({
    resource,
    namespace: 'default',
    name: 'a',
    uid: 'u',
    resourceVersion: '1',
    generation,
    status: status as ObjectWithStatus['status'],
  });
  const condition: Condition = { type: 'Accepted', status: 'True', reason: 'Valid', message: 'fine' };
  const told = { ...condition, observedGeneration: 3, lastTransitionTime: '2026-01-01T00:00:00Z' };
  const foreign = { type: 'Other', status: 'True' };

  test('nothing, where all is told', () =>
    expect(wantedConditions(object({ conditions: [foreign, told] }), [condition], AT)).toBeUndefined());
  test('all, where nothing is', () =>
    expect(wantedConditions(object({}), [condition], AT)).toEqual({
      conditions: [{ ...told, lastTransitionTime: '2026-06-15T12:00:00Z' }],
    }));
  test('with its old time where only the generation or the reason changes, and what others wrote', () => {
    expect(wantedConditions(object({ conditions: [foreign, told] }, 4), [condition], AT)).toEqual({
      conditions: [foreign, { ...told, observedGeneration: 4 }],
    });
    const changed = { ...condition, reason: 'ValidWithWarnings' };
    expect(wantedConditions(object({ conditions: [told] }), [changed], AT)).toEqual({
      conditions: [{ ...told, reason: 'ValidWithWarnings' }],
    });
  });
  test('with a new time where the status changes', () =>
    expect(wantedConditions(object({ conditions: [told] }), [{ ...condition, status: 'False' }], AT)).toMatchObject({
      conditions: [{ status: 'False', lastTransitionTime: '2026-06-15T12:00:00Z' }],
    }));
  test('addresses of a Service, unless they are told or there are none', () => {
    const at = (ip: string) => object({ loadBalancer: { ingress: [{ ip, ports: [{ port: 443 }] }] } });
    expect(wantedAddresses(object({}), at('192.0.2.1'))).toEqual({ loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } });
    expect(wantedAddresses(at('192.0.2.1'), at('192.0.2.1'))).toBeUndefined();
    expect(wantedAddresses(at('192.0.2.1'), object({}))).toBeUndefined();
    expect(wantedAddresses(at('192.0.2.1'), undefined)).toBeUndefined();
  });
});

describe('whose the lease is', () => {
  const lease = (holderIdentity: string, renewTime = 't1') => ({ holderIdentity, renewTime });

  test.each([
    ['nobody’s', lease(''), true],
    ['ours', lease('me'), true],
    ['of another, seen for the first time', lease('other'), false],
  ])('%s', (_whose, spec, take) => expect(mayTake(spec, 'me', undefined, 1000, 10_000).take).toBe(take));

  test('another is believed for the whole duration from its last word, by our clock', () => {
    const { sighting } = mayTake(lease('other'), 'me', undefined, 1000, 10_000);
    expect(mayTake(lease('other'), 'me', sighting, 10_999, 10_000).take).toBe(false);
    expect(mayTake(lease('other'), 'me', sighting, 11_000, 10_000).take).toBe(true);
    const renewed = mayTake(lease('other', 't2'), 'me', sighting, 10_999, 10_000);
    expect(mayTake(lease('other', 't2'), 'me', renewed.sighting, 20_000, 10_000).take).toBe(false);
  });
});
