import { offlineEncoder } from '../../src/cli/offline-encoder';
import { type Compilation, compile } from '../../src/compile';
import type { Document } from '../../src/model/document';
import { DEFAULT_POLICY } from '../../src/resolution/policy';
import { RESOURCE_TYPES } from '../../src/snapshot/snapshot';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { fixtureSecret, text } from '../support/decoded';

const STEPS = 120;
const MAPPINGS = 150;
const encoder = offlineEncoder();
const at = new Date('2026-06-01T00:00:00Z');

/** Numbers below `limit`, the same in each run (a linear congruential generator). */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}

/** Mappings, some of which share a match, have no Host, name a TLSContext that is not there, or are at odds with their group. */
function mapping(index: number, random: (limit: number) => number): string {
  const some = <Field extends object>(field: Field): Partial<Field> => (random(8) === 0 ? field : {});
  const spec = {
    hostname: ['*', 'a.example.com', 'b.example.com', '*.example.com'][random(4)],
    prefix: `/${random(4) === 0 ? 'shared' : index}/`,
    service: `service-${random(3)}`,
    ...some({ weight: random(60) }),
    ...some({ timeout_ms: random(10_000) }),
    ...some({ tls: `context-${random(3)}` }),
    ...some({ service: `https://service-${random(3)}:8443`, resolver: 'endpoint' }),
    ...some({ ambassador_id: [['default', 'edge'], ['edge'], ['default']][random(3)] }),
    ...some({ bypass_auth: true }),
    ...some({ shadow: true }),
    ...some({ cors: { origins: ['https://example.com'] } }),
    ...some({ connect_timeout_ms: random(5000) }),
    ...some({ load_balancer: { policy: 'ring_hash', source_ip: true } }),
    ...some({ labels: { domain: [{ group: [{ remote_address: { key: 'remote_address' } }] }] } }),
  };
  return text('Mapping', spec, { name: `mapping-${index}`, labels: { team: `${random(2)}` } });
}

function surroundings(random: (limit: number) => number): ReadonlyMap<string, string> {
  const client = ['client-ec', 'client-rsa', 'client-ec-with-ca'][random(3)] ?? '';
  const context = (min_tls_version: string) =>
    text('TLSContext', { hosts: [], min_tls_version, secret: 'client' }, { name: 'context-0' });
  const host = (hostname: string, spec: object) => text('Host', { hostname, ...spec }, { name: `of-${hostname}` });
  const binding = { hostBinding: { namespace: { from: 'ALL' } } };
  return new Map([
    [
      'module',
      text(
        'Module',
        {
          config: {
            ...(random(2) === 0 && { cluster_request_timeout_ms: 4000 }),
            ...(random(2) === 0 && { defaults: { tls_secret_namespacing: random(2) === 0 } }),
            ...(random(4) === 0 && { resolver: 'endpoint' }),
          },
        },
        { name: 'ambassador' },
      ),
    ],
    ['context', context(random(2) === 0 ? 'v1.2' : 'v1.3')],
    ['other', text('TLSContext', { hosts: [], ca_secret: 'ca' }, { name: `context-${1 + random(2)}` })],
    [
      'a',
      host('a.example.com', {
        tlsSecret: { name: 'pair' },
        requestPolicy: { insecure: { action: ['Redirect', 'Route', 'Reject'][random(3)] } },
        ...(random(3) === 0 && { ambassador_id: ['default', 'edge'] }),
      }),
    ],
    [
      'all',
      host('*', {
        ...(random(2) === 0 && { mappingSelector: { matchLabels: { team: '1' } } }),
        ...(random(2) === 0 && {
          tlsSecret: { name: 'pair' },
          tls: { ca_secret: 'ca', cert_required: random(2) === 0 },
        }),
      }),
    ],
    [
      'b',
      host(
        'b.example.com',
        random(2) === 0 ? {} : { tlsContext: { name: 'context-0' }, tlsSecret: { name: 'client' } },
      ),
    ],
    [
      'auth',
      random(2) === 0
        ? ''
        : text('AuthService', { auth_service: 'auth', proto: 'grpc', tls: 'context-1' }, { name: 'auth' }),
    ],
    [
      'limits',
      random(2) === 0 ? '' : text('RateLimitService', { service: 'limits', domain: 'edge' }, { name: 'limits' }),
    ],
    ['service', service(8443 + random(2))],
    ['endpoints', endpoints(`10.0.0.${1 + random(3)}`)],
    [
      'http',
      text(
        'Listener',
        { port: 8080, protocol: 'HTTP', securityModel: 'XFP', l7Depth: 1, ...binding },
        { name: 'http' },
      ),
    ],
    // Rotated, and now and then with a CA: then whatever uses its TLSContext verifies its upstream.
    ['client', fixtureSecret(client, 'client')],
    ['ca', fixtureSecret(random(2) === 0 ? 'ca' : 'ca-bundle', 'ca')],
    ['https', text('Listener', { port: 8443, protocol: 'HTTPS', securityModel: 'XFP', ...binding }, { name: 'https' })],
  ]);
}

function service(port: number): string {
  const spec = { ports: [{ name: 'https', port, targetPort: 8443 }] };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'service-1', namespace: 'default' },
    spec,
  });
}

function endpoints(address: string): string {
  return JSON.stringify({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'service-1-a', namespace: 'default', labels: { 'kubernetes.io/service-name': 'service-1' } },
    addressType: 'IPv4',
    ports: [{ name: 'https', port: 8443 }],
    endpoints: [{ addresses: [address] }],
  });
}

function read(file: string, content: string): readonly Document[] {
  return readDocuments(file, Buffer.from(content)).documents;
}

/** Everything that a compilation comes to. */
function outcome({ groups, diagnostics, quarantined }: Compilation) {
  return {
    quarantined,
    diagnostics: diagnostics.map(({ code, severity, message, location }) => ({ code, severity, message, location })),
    groups: [...groups].map(([group, { snapshot }]) => [
      group,
      RESOURCE_TYPES.map((type) =>
        [...snapshot.types[type].resources.values()].map(({ name, version, references, origins }) => ({
          name,
          version,
          references,
          origins,
        })),
      ),
    ]),
  };
}

function chosen<Item>(items: readonly Item[], random: (limit: number) => number): Item {
  const item = items[random(items.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}

test.each([1, 2, 3])('after many changes (%i), everything is as if it had never been otherwise', (seed) => {
  const random = numbers(seed);
  const texts = new Map([['secret', fixtureSecret('server-ec', 'pair')], ...surroundings(random)]);
  for (let index = 0; index < MAPPINGS; index += 1) texts.set(`mapping-${index}`, mapping(index, random));
  const documents = new Map([...texts].map(([file, content]) => [file, read(file, content)]));
  const compiled = (from: Iterable<readonly Document[]>, previous?: Compilation) =>
    compile([...from].flat(), { policy: DEFAULT_POLICY, at, encoder, unread: [] }, previous);
  let compilation: Compilation | undefined;
  for (let step = 0; step < STEPS; step += 1) {
    const index = random(MAPPINGS);
    const file = `mapping-${index}`;
    const [name, content] =
      random(4) === 0
        ? chosen([...surroundings(random)], random)
        : [file, random(6) === 0 ? '' : mapping(index, random)];
    texts.set(name, content);
    documents.set(name, read(name, content));
    compilation = compiled(documents.values(), compilation);
    if (step % 10 !== 9) continue;
    const anew = compiled([...texts].map(([each, written]) => read(each, written)));
    expect(outcome(compilation)).toEqual(outcome(anew));
  }
  expect(compilation?.quarantined).toBeGreaterThan(0);
});
