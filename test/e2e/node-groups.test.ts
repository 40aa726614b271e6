import { eventually } from '../support/eventually';
import { answerTo, send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { type Sighting, Upstream } from '../support/upstream';

// One control plane for two node groups: an edge, and a sidecar that demands the edge's certificate.

const closing = new Closing();
const EDGE_URI = 'spiffe://test/edge';
const SIDECAR = { ambassador_id: ['sidecar'] };

let application: Upstream;
let plane: ControlPlane;
let ca: string;
const ports = { edge: 0, sidecar: 0 };
const envoys: { edge?: Envoy; sidecar?: Envoy } = {};

beforeAll(async () => {
  const authority = await rootCa();
  ca = authority.certificatePem;
  application = closing.keep(await Upstream.start());
  ports.edge = await freePort();
  ports.sidecar = await freePort();
  const client = await issueLeaf(authority, { name: 'edge', uri: EDGE_URI });
  const config = closing.keep(
    await ConfigDirectory.create({
      'edge.yaml': [
        listener(ports.edge),
        keyPair('edge-client', client, { ca }),
        tlsContext('to-sidecar', { secret: 'edge-client', sni: 'app.test', verify: { hostname: 'app.test' } }),
        mapping('to-sidecar', {
          prefix: '/',
          service: `127.0.0.1:${ports.sidecar}`,
          tls: 'to-sidecar',
          host_rewrite: 'app.test',
        }),
      ],
      'sidecar.yaml': [
        listener(ports.sidecar, { ...SIDECAR, protocol: 'HTTPS', securityModel: 'SECURE' }),
        keyPair('sidecar-server', await issueLeaf(authority, { name: 'app.test', key: 'rsa' })),
        secret('clients-ca', { 'ca.crt': ca }),
        host('app', {
          ...SIDECAR,
          hostname: 'app.test',
          tlsSecret: { name: 'sidecar-server' },
          tls: {
            ca_secret: 'clients-ca',
            cert_required: true,
            verify: { subject_alt_names: [{ type: 'uri', exact: EDGE_URI }] },
          },
        }),
        mapping('app', {
          ...SIDECAR,
          hostname: 'app.test',
          prefix: '/',
          service: `http://127.0.0.1:${application.port}`,
        }),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  for (const role of ['sidecar', 'edge'] as const) {
    const envoy = closing.keep(await connectedEnvoy(plane.xdsPort, { role }));
    await envoy.admin.listening(ports[role]);
    envoys[role] = envoy;
  }
});
afterAll(() => closing.close());

test('each Envoy belongs to its own group and is told nothing of the other', async () => {
  const nodes = await plane.admin.inStep('edge', 'sidecar');
  expect(nodes.map(({ id, group }) => [id, group])).toEqual([
    ['edge', 'default'],
    ['sidecar', 'sidecar'],
  ]);
  const secrets = async (role: 'edge' | 'sidecar') => {
    const dump = (await envoys[role]?.admin.text('/config_dump?resource=dynamic_active_secrets&mask=name')) ?? '';
    return [...dump.matchAll(/"name": "(?<name>[^"]+)"/g)].map((match) => match.groups?.['name']);
  };
  expect(new Set(await secrets('edge'))).toEqual(new Set(['default/edge-client', 'default/edge-client/ca']));
  expect(new Set(await secrets('sidecar'))).toEqual(new Set(['default/sidecar-server', 'default/clients-ca/ca']));
  expect(await send({ port: ports.edge, tls: { ca } })).toHaveProperty('error');
});

test('a request goes through both, and the application learns who sent it', async () => {
  const answer = await answerTo({ port: ports.edge, path: '/hello' });
  expect(answer.status).toBe(200);
  const { path, headers } = JSON.parse(answer.body) as Sighting;
  expect(path).toBe('/hello');
  expect(headers['x-forwarded-client-cert']).toContain(`URI=${EDGE_URI}`);
});

test('a node whose ambassador_id names no group is told nothing, and stays unready', async () => {
  const envoy = closing.keep(
    await connectedEnvoy(plane.xdsPort, { role: 'edge', nodeId: 'third', ambassadorId: 'unheard-of' }),
  );
  const third = await eventually('the third node asks for clusters', async () =>
    (await plane.admin.status()).nodes.find(
      ({ id, streams }) => id === 'third' && 'clusters' in (streams[0]?.types ?? {}),
    ),
  );
  expect(third.group).toBe('unheard-of');
  expect(third.streams[0]?.types.clusters?.sentVersion).toBe('');
  await expect(envoy.admin.text('/ready')).rejects.toThrow('PRE_INITIALIZING');
  await envoy.stop();
});
