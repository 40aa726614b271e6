import { translate } from '../../src/envoy/translate';
import type { Ir } from '../../src/ir/ir';
import { decode, encodeAny, type EnvoyMessages } from '../../src/protos';
import { TYPE_URLS } from '../../src/snapshot/snapshot';
import { aCluster, aListener, anIr, aRoute, downstreamTls, http, SERVICES, upstreamTls, VERIFIED } from './pieces';

const origin = {
  kind: 'Mapping',
  namespace: 'default',
  name: 'm',
  location: { file: 'm.yaml', line: 1, column: 1 },
} as const;
const tls = upstreamTls({ clientCertificate: 'default/client', verification: VERIFIED });

const ir: Ir = anIr({
  clusters: [aCluster({ tls, discovery: { type: 'eds', serviceName: 'k8s/a/b/443' }, origins: [origin] })],
  endpoints: [{ name: 'k8s/a/b/443', endpoints: [{ address: '10.0.0.1', port: 443 }], origins: [] }],
  secrets: [{ type: 'validation_context', name: 'default/ca/ca', trust: 'system', origins: [] }],
  listeners: [
    aListener([
      {
        name: 'https',
        match: { transport: 'tls', serverNames: [] },
        tls: downstreamTls({ verification: VERIFIED }),
        action: http(
          'l/https',
          [
            aRoute({ type: 'forward', cluster: 'one', timeoutMs: 0 }, {}, { origin }),
            aRoute({ type: 'forward', cluster: 'one', timeoutMs: 0 }, {}, { origin }),
            aRoute({ type: 'direct_response', status: 404, body: '' }),
          ],
          { services: SERVICES },
        ),
      },
      { name: 'blocked', match: { transport: 'tls', serverNames: ['b'] }, action: { type: 'blocked' } },
    ]),
  ],
});

test('names what each resource refers to', () => {
  const references = translate(ir).map((resource) => [resource.type, resource.name, resource.references]);
  expect(references).toEqual([
    ['clusters', 'one', { secrets: ['default/ca/ca', 'default/client'], endpoints: ['k8s/a/b/443'], clusters: [] }],
    ['endpoints', 'k8s/a/b/443', {}],
    ['secrets', 'default/ca/ca', {}],
    [
      'listeners',
      'tcp-127.0.0.1-8443',
      { secrets: ['default/ca/ca', 'default/edge'], routes: ['l/https'], clusters: ['auth', 'limits', 'log', 'trace'] },
    ],
    ['routes', 'l/https', { clusters: ['one', 'one'] }],
  ]);
});

test('routes carry the definitions that they came from, each once', () => {
  expect(translate(ir).find(({ type }) => type === 'routes')?.origins).toEqual([origin]);
});

test('each message encodes as the type that its resource is served as', () => {
  for (const { type, messageName, message } of translate(ir)) {
    const any = encodeAny(messageName, message as EnvoyMessages[typeof messageName]);
    expect(decode('google.protobuf.Any', any)).toMatchObject({ '@type': TYPE_URLS[type] });
  }
});

test('what the IR shares with an earlier one gives the same objects', () => {
  const [cluster, ...others] = translate(ir);
  const next = translate({
    ...ir,
    clusters: [aCluster({ ...ir.clusters[0], settings: { connectTimeoutMs: 1, http2: false } })],
  });
  expect(next[0]).not.toBe(cluster);
  expect(next.slice(1).every((resource, index) => resource === others[index])).toBe(true);
});
