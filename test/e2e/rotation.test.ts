import { generateKeyPairSync } from 'node:crypto';
import type { IssuedCertificate } from '../../src/cli/demo/pki';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { issueLeaf, rootCa } from '../support/issuance';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { Upstream } from '../support/upstream';

/** Each rotates the certificate that clients see and the one that the upstream sees; `ROTATIONS` counts both. */
const ROUNDS = Math.ceil(Number(process.env['ROTATIONS'] ?? 200) / 2);
/** Requests that must flow after each of them. */
const PROOF = 6;

const closing = new Closing();
afterAll(() => closing.close());

test(
  `${2 * ROUNDS} rotations under load lose no handshake, and change nothing but Secrets`,
  async () => {
    const ca = await rootCa();
    // A pool of keys, since an RSA key takes longer to make than a rotation; the certificates are all new.
    const rsaKeys = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
    const rsa = rsaKeys.map((key) => ({ privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString() }));
    const issue = async (name: string, round: number): Promise<IssuedCertificate> =>
      await issueLeaf(ca, { name, key: (round % 2 === 0 ? undefined : rsa[round % 4 === 1 ? 0 : 1]) ?? 'ec' });

    const server = await issueLeaf(ca, { name: 'upstream.test' });
    const tls = { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem };
    const upstream = closing.keep(await Upstream.start({ tls, keepAlive: false }));
    const port = await freePort();
    const config = closing.keep(
      await ConfigDirectory.create({
        'definitions.yaml': [
          listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
          host('edge', { hostname: 'edge.test', tlsSecret: { name: 'edge' } }),
          tlsContext('upstream', { secret: 'client', verify: { hostname: 'upstream.test' } }),
          mapping('all', {
            prefix: '/',
            service: `127.0.0.1:${upstream.port}`,
            tls: 'upstream',
            stats_name: 'upstream',
          }),
        ],
      }),
    );
    const rotate = async (round: number) => {
      const [edge, client] = [await issue('edge.test', round), await issue('client', round + 1)];
      await config.write('edge.yaml', [keyPair('edge', edge)]);
      await config.write('client.yaml', [keyPair('client', client, { ca: ca.certificatePem })]);
      return { edge: edge.serial, client: client.serial };
    };
    await rotate(0);
    const plane = closing.keep(await ControlPlane.start(config.path, { strict: true }));
    const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
    await envoy.admin.listening(port);
    await plane.admin.inStep('edge');

    const before = {
      changes: await changes(envoy),
      responses: await responses(plane),
      handshakes: await handshakes(envoy),
    };
    const load = Load.start({ port, authority: 'edge.test', tls: { ca: ca.certificatePem } }, 3);
    const rotated: string[] = [];
    try {
      for (let round = 1; round <= ROUNDS; round += 1) {
        const { edge, client } = await rotate(round);
        await Promise.all([envoy.admin.serving(edge), envoy.admin.serving(client)]);
        await load.outcomes(PROOF);
        rotated.push(client);
      }
    } finally {
      await load.stop();
    }

    const { ok, failed, failures } = load.report;
    expect({ failed, failures }).toEqual({ failed: 0, failures: {} });
    expect(ok).toBeGreaterThanOrEqual(ROUNDS * PROOF);
    // Every request began with a handshake on both sides, and every certificate was in use.
    const { downstream, toUpstream } = await handshakes(envoy);
    expect(downstream - before.handshakes.downstream).toBeGreaterThanOrEqual(ok);
    expect(toUpstream - before.handshakes.toUpstream).toBeGreaterThanOrEqual(ok);
    const seen = new Set(upstream.requests.map((request) => request.tls?.client?.serialNumber.toLowerCase()));
    expect(rotated.filter((serial) => !seen.has(serial))).toEqual([]);

    await plane.admin.inStep('edge');
    expect(await changes(envoy)).toEqual(before.changes);
    const { secrets, others } = await responses(plane);
    expect(others).toBe(before.responses.others);
    expect(secrets - before.responses.secrets).toBe(2 * ROUNDS);
    expect(await plane.admin.metric('countersign_xds_nacks_total')).toBe(0);
    process.stdout.write(`${2 * ROUNDS} rotations, ${ok} requests with two handshakes each, ${failed} failed\n`);
  },
  180_000 + ROUNDS * 1_000,
);

/** How often Envoy has replaced Clusters and Listeners. */
async function changes({ admin }: Envoy): Promise<Readonly<Record<string, number | undefined>>> {
  const names = [
    'cluster_manager.cluster_added',
    'cluster_manager.cluster_modified',
    'cluster_manager.cluster_removed',
    'listener_manager.listener_added',
    'listener_manager.listener_modified',
    'listener_manager.listener_in_place_updated',
    'listener_manager.total_listeners_draining',
  ];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await admin.stat(name)] as const)));
}

async function handshakes({ admin }: Envoy): Promise<{ readonly downstream: number; readonly toUpstream: number }> {
  const { stats } = await admin.json<{ stats: { name: string; value: number }[] }>(
    '/stats?format=json&filter=ssl%5C.handshake%24',
  );
  const sum = (prefix: string) =>
    stats.filter(({ name }) => name.startsWith(prefix)).reduce((total, { value }) => total + value, 0);
  return { downstream: sum('listener.'), toUpstream: sum('cluster.upstream.') };
}

async function responses({ admin }: ControlPlane): Promise<{ readonly secrets: number; readonly others: number }> {
  const name = 'countersign_xds_responses_total';
  const secrets = await admin.metric(name, 'type="secrets"');
  return { secrets, others: (await admin.metric(name)) - secrets };
}
