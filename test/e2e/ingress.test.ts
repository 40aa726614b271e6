import type { IssuedCertificate } from '../../src/cli/demo/pki';
import { type ClientRequest, answerTo, send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { keyPair, listener } from '../support/definitions';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { type Sighting, Upstream } from '../support/upstream';

// Ingresses before real Services: which path goes where (Kubernetes, "Ingress: path types"), over cleartext and over TLS.

const closing = new Closing();
const NAMES = ['exact', 'elements', 'characters', 'tenants', 'fallback', 'secure'];
const upstreams: Record<string, Upstream> = {};
let config: ConfigDirectory;
let plane: ControlPlane;
let port: number;
let tlsPort: number;
let ca: string;
let certificate: IssuedCertificate;

const CLASS = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'edge' },
  spec: { controller: 'getambassador.io/ingress-controller' },
};

function ingress(name: string, spec: object): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name },
    spec: { ingressClassName: 'edge', ...spec },
  };
}

/** A path of an Ingress; the port of its Service is looked up by name. */
function path(to: string, text: string, pathType: string) {
  return { path: text, pathType, backend: { service: { name: to, port: { name: 'web' } } } };
}

/** A Service that is one upstream of this test. */
function service(name: string): readonly object[] {
  const metadata = { name };
  const web = { name: 'web', port: 80 };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [web] } },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata,
      subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'web', port: upstreams[name]?.port }] }],
    },
  ];
}

function definitions(): readonly object[] {
  return [
    CLASS,
    listener(port),
    listener(tlsPort, { protocol: 'HTTPS', securityModel: 'XFP' }),
    {
      apiVersion: 'getambassador.io/v3alpha1',
      kind: 'Module',
      metadata: { name: 'ambassador' },
      spec: { config: { resolver: 'kubernetes-endpoint' } },
    },
    {
      apiVersion: 'getambassador.io/v3alpha1',
      kind: 'Host',
      metadata: { name: 'plain' },
      spec: { hostname: '*.test', requestPolicy: { insecure: { action: 'Route' } } },
    },
    ...NAMES.flatMap(service),
    ingress('paths', {
      defaultBackend: { service: { name: 'fallback', port: { number: 80 } } },
      rules: [
        {
          host: 'a.test',
          http: {
            paths: [
              path('elements', '/foo', 'Prefix'),
              path('elements', '/slash/', 'Prefix'),
              path('exact', '/foo/exact', 'Exact'),
              path('characters', '/char', 'ImplementationSpecific'),
            ],
          },
        },
        { host: '*.b.test', http: { paths: [path('tenants', '/', 'Prefix')] } },
      ],
    }),
    ingress('secured', {
      tls: [{ hosts: ['secure.example'], secretName: 'secure' }],
      rules: [{ host: 'secure.example', http: { paths: [path('secure', '/', 'Prefix')] } }],
    }),
    keyPair('secure', certificate),
  ];
}

beforeAll(async () => {
  const authority = await rootCa();
  ca = authority.certificatePem;
  certificate = await issueLeaf(authority, { name: 'secure.example' });
  for (const name of NAMES) upstreams[name] = closing.keep(await Upstream.start());
  port = await freePort();
  tlsPort = await freePort();
  config = closing.keep(await ConfigDirectory.create({ 'all.yaml': definitions() }));
  plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  await envoy.admin.listening(tlsPort);
});
afterAll(() => closing.close());

async function arrival(request: ClientRequest) {
  const before = new Map(NAMES.map((name) => [name, upstreams[name]?.requests.length]));
  const { status, body } = await answerTo(request);
  const at = NAMES.find((name) => upstreams[name]?.requests.length !== before.get(name));
  return at === undefined ? { at: status } : { at, seen: JSON.parse(body) as Sighting };
}

test('nothing is wrong with the definitions', () => {
  expect(plane.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
});

test.each([
  ['/foo', 'elements'],
  ['/foo/', 'elements'],
  ['/foo/bar', 'elements'],
  ['/foo?q=1', 'elements'],
  ['/foobar', 'fallback'],
  ['/fo', 'fallback'],
  ['/Foo', 'fallback'],
  ['/foo/exact', 'exact'],
  ['/foo/exact/', 'elements'],
  ['/slash', 'elements'],
  ['/slash/', 'elements'],
  ['/slash/x', 'elements'],
  ['/slashes', 'fallback'],
  ['/char', 'characters'],
  ['/characters', 'characters'],
  ['/', 'fallback'],
])('%s of a.test goes to %s, as it is', async (requested, expected) => {
  expect(await arrival({ port, path: requested, authority: 'a.test' })).toMatchObject({
    at: expected,
    seen: { path: requested },
  });
});

test.each([
  ['x.b.test', 'tenants'],
  ['X.B.Test:80', 'tenants'],
  ['b.test', 'fallback'],
  ['x.y.b.test', 'fallback'],
])('the wildcard stands for one label: %s goes to %s', async (authority, expected) => {
  expect(await arrival({ port, path: '/', authority })).toMatchObject({ at: expected });
});

test('TLS is terminated with the certificate of the Ingress, for its names only', async () => {
  const tls = { ca, serverName: 'secure.example' };
  expect(await arrival({ port: tlsPort, path: '/x', authority: 'secure.example', tls })).toMatchObject({
    at: 'secure',
    seen: { path: '/x' },
  });
  expect((await answerTo({ port: tlsPort, path: '/foo', authority: 'a.test', tls })).status).toBe(421);
  expect(
    await send({ port: tlsPort, path: '/', authority: 'a.test', tls: { ca, serverName: 'a.test' } }),
  ).toHaveProperty('error');
});

test('cleartext requests for the name of a certificate are routed, as in Ambassador', async () => {
  expect(await arrival({ port, path: '/x', authority: 'secure.example' })).toMatchObject({ at: 'secure' });
});

test('a path that goes bad keeps what it was, and the others follow the change', async () => {
  await plane.change(() =>
    config.write('all.yaml', definitions().map(changing(path('elements', '/foo', 'Prefix'), { pathType: 'Regex' }))),
  );
  expect(plane.diagnostics).toMatchObject([
    { code: 'CS1024', subject: { kind: 'Mapping', namespace: 'default', name: 'paths-0-0' } },
  ]);
  expect(await arrival({ port, path: '/foo/bar', authority: 'a.test' })).toMatchObject({ at: 'elements' });
});

/** Changes one path of the Ingresses. */
function changing(original: object, change: object): (definition: object) => object {
  const [wanted, changed] = [original, { ...original, ...change }].map((value) => JSON.stringify(value));
  return (definition) => JSON.parse(JSON.stringify(definition).replace(wanted ?? '', changed ?? '')) as object;
}
