import { type Answer, answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { listener, mapping, tlsContext } from '../support/definitions';
import { eventually } from '../support/eventually';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { type Sighting, Upstream } from '../support/upstream';
import { Istio } from './support/istio';
import { installIstioKinds, setMode, startIstiodSidecar } from './support/istiod-sidecar';

const closing = new Closing();
afterEach(() => closing.close(), 60_000);

async function answered(port: number, path: string, status: number): Promise<Answer> {
  return await eventually(
    `${path} is answered with ${status}`,
    async () => {
      const answer = await answerTo({ port, path });
      return answer.status === status ? answer : undefined;
    },
    30_000,
  );
}

test('a sidecar that istiod itself configures takes us for who we are, in STRICT and in PERMISSIVE mode', async () => {
  const istio = closing.keep(await Istio.start({ environment: 'PILOT_ENABLE_METADATA_EXCHANGE=false' }));
  await installIstioKinds(istio.cluster);
  await setMode(istio.cluster, 'STRICT');
  const workload = closing.keep(await Upstream.start());
  const [port, inbound] = [await freePort(), await freePort()];
  const sidecar = closing.keep(await startIstiodSidecar({ istio, port: inbound, workload: workload.port }));
  await sidecar.admin.listening(inbound, 30_000);

  const istioContext = { istio: { sds: `unix://${istio.socket('edge')}` } };
  const service = `127.0.0.1:${inbound}`;
  const to = (name: string, spec: object) => mapping(name, { prefix: `/${name}/`, stats_name: name, ...spec });
  const quote = { service: 'quote:80', resolver: 'endpoint', tls: 'istio' };
  const definitions = [
    listener(port),
    tlsContext('istio', istioContext),
    tlsContext('other', { ...istioContext, verify: { spiffe_id: 'spiffe://cluster.local/ns/default/sa/other' } }),
    tlsContext('plain-alpn', { ...istioContext, alpn_protocols: 'http/1.1' }),
    to('quote', quote),
    to('grpc', { ...quote, grpc: true }),
    to('other', { ...quote, tls: 'other' }),
    to('plain-alpn', { ...quote, tls: 'plain-alpn' }),
    to('anonymous', { service: `https://${service}` }),
    to('cleartext', { service }),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'quote' }, spec: { ports: [{ name: 'http', port: 80 }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'quote-0', labels: { 'kubernetes.io/service-name': 'quote' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: inbound }],
      endpoints: [{ addresses: ['127.0.0.1'], targetRef: { kind: 'Pod', name: 'quote-0' } }],
    },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'quote-0' }, spec: { serviceAccountName: 'quote' } },
  ];
  const config = closing.keep(await ConfigDirectory.create({ 'definitions.yaml': definitions }));
  const plane = closing.keep(await ServeProcess.start(config.path));
  const edge = closing.keep(await connectedEnvoy(plane.xdsPort));
  await edge.admin.listening(port);

  const accepted = async () => {
    for (const path of ['/quote/', '/grpc/']) {
      const { headers } = JSON.parse((await answered(port, path, 200)).body) as Sighting;
      const client = 'URI=spiffe://cluster.local/ns/default/sa/edge';
      expect([path, headers['x-forwarded-client-cert']]).toEqual([path, expect.stringContaining(client)]);
    }
    await answered(port, '/other/', 503);
    await answered(port, '/anonymous/', 503);
  };
  await accepted();
  await answered(port, '/plain-alpn/', 200);
  await answered(port, '/cleartext/', 503);
  const seen = workload.requests.length;

  await setMode(istio.cluster, 'PERMISSIVE');
  await answered(port, '/cleartext/', 200);
  await accepted();
  // As Istio’s documentation of ALPN has it, and why `validate` warns of it.
  await answered(port, '/plain-alpn/', 503);
  expect(workload.requests.length).toBeGreaterThan(seen);
  expect(await edge.admin.stat('cluster.other.ssl.fail_verify_san')).toBeGreaterThan(0);
  for (const cluster of ['quote', 'grpc'])
    expect(await edge.admin.stat(`cluster.${cluster}.ssl.session_reused`)).toBe(0);
}, 180_000);
