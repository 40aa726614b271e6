import { parse } from 'yaml';
import { Child } from '../cli/support/child';
import { Closing } from '../support/closing';
import { listener, mapping, tlsContext } from '../support/definitions';
import { commandsOf } from '../meshes/support/documented';
import { Cluster } from './support/cluster';

// Whom to expect of an upstream in an Istio mesh: the ServiceAccounts of the Pods behind its Service.

const closing = new Closing();
let cluster: Cluster;

const pod = (name: string, account: string, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels },
  spec: { serviceAccountName: account, containers: [{ name: 'a', image: 'a' }] },
});

beforeAll(async () => {
  cluster = closing.keep(await Cluster.start());
  for (const account of ['quote', 'canary']) await cluster.kubectl('create', 'serviceaccount', account);
  await cluster.apply(
    pod('quote-1', 'quote', { 'security.istio.io/tlsMode': 'istio' }),
    pod('quote-2', 'canary'),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'quote' }, spec: { ports: [{ name: 'http', port: 80 }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'quote-1', labels: { 'kubernetes.io/service-name': 'quote' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080 }],
      endpoints: [1, 2].map((index) => ({
        addresses: [`10.0.0.${index}`],
        conditions: { ready: true },
        targetRef: { kind: 'Pod', name: `quote-${index}`, namespace: 'default' },
      })),
    },
    tlsContext('istio', { istio: { sds: 'unix:///run/socket', mode: 'auto' } }),
    mapping('quote', { prefix: '/', service: 'quote:80', tls: 'istio', resolver: 'endpoint' }),
    listener(8080),
  );
}, 120_000);
afterAll(() => closing.close(), 60_000);

async function rendered(): Promise<{
  readonly out: string;
  readonly sans: readonly string[];
  readonly plain: unknown;
}> {
  const child = new Child(['render', '--kubernetes', '--kubeconfig', cluster.limitedKubeconfig, '--format', 'json']);
  expect(await child.exited()).toBe(0);
  const matchers = [...child.stdout.matchAll(/"(exact|prefix)": "(spiffe:[^"]+)"/g)];
  const { endpoints } = parse(child.stdout) as { readonly endpoints: readonly { readonly endpoints: unknown }[] };
  return {
    out: child.stderr,
    sans: matchers.map(([, match, value]) => `${match} ${value}`),
    plain: endpoints[0]?.endpoints,
  };
}

test('the shipped ClusterRole does not suffice to know the Pods, and says so', async () => {
  const { out, sans } = await rendered();
  expect(sans).toEqual(['prefix spiffe://cluster.local/ns/default/']);
  expect(out).toContain('CS7046');
});

test('with the ClusterRole for Pods, the ServiceAccounts are expected, and the endpoint without a sidecar is known', async () => {
  const [documented = ''] = commandsOf('istio.md', 'By the socket of istio-agent');
  expect(await cluster.shell(documented)).toContain(
    'clusterrolebinding.rbac.authorization.k8s.io/countersign-pods created',
  );
  // As the page does for the ServiceAccount of the chart, here for the user that the tests are.
  await cluster.kubectl('create', 'clusterrolebinding', 'pods', '--clusterrole=countersign-pods', '--user=limited');
  const { out, sans, plain } = await rendered();
  expect(sans).toEqual([
    'exact spiffe://cluster.local/ns/default/sa/canary',
    'exact spiffe://cluster.local/ns/default/sa/quote',
  ]);
  expect(out).not.toContain('CS7046');
  const marked = { 'envoy.transport_socket_match': { tlsMode: 'disabled' } };
  expect(plain).toMatchObject([{ lb_endpoints: [{}, { metadata: { filter_metadata: marked } }] }]);
});
