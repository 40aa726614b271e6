import type { CertificateAuthority, IssuedCertificate } from '../../src/cli/demo/pki';
import { type ClientRequest, answerTo, send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { days, issueLeaf, rootCa } from '../support/issuance';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { type Sighting, Upstream } from '../support/upstream';

// Secrets that can't be used, at the start and as an update, for what the edge presents to clients and to upstreams.

/** Requests that must flow across a change before it counts as survived. */
const PROOF = 30;
const BAD = [
  ['expired', 'CS2011'],
  ['mismatched', 'CS2004'],
  ['garbage', 'CS2003'],
  ['truncated', 'CS2003'],
  ['keyless', 'CS2002'],
] as const;
/** Sound by itself, and worse than what it replaces: for another name, and for the other direction. */
const WORSE = [...BAD, ['unfit', 'CS6006']] as const;
type Badness = (typeof WORSE)[number][0];

const closing = new Closing();
let ca: CertificateAuthority;
let upstream: Upstream;

beforeAll(async () => {
  ca = await rootCa();
  const server = await issueLeaf(ca, { name: 'upstream.test' });
  const tls = { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem };
  upstream = closing.keep(await Upstream.start({ tls, keepAlive: false }));
});
afterAll(() => closing.close());

async function badSecret(name: string, badness: Badness): Promise<object> {
  const good = await issueLeaf(ca, { name: 'edge.test' });
  const other = await issueLeaf(ca, { name: 'edge.test' });
  const bad: Readonly<Record<Badness, object>> = {
    expired: keyPair(name, await issueLeaf(ca, { name: 'edge.test', validity: days(-30, -1) })),
    mismatched: keyPair(name, good, { key: other }),
    garbage: secret(name, { 'tls.crt': 'garbage', 'tls.key': 'garbage' }),
    truncated: secret(name, { 'tls.crt': good.chainPem.slice(0, 300), 'tls.key': good.privateKeyPem }),
    unfit: keyPair(
      name,
      name === 'server'
        ? await issueLeaf(ca, { name: 'other.test' })
        : await issueLeaf(ca, { name: 'edge', usages: ['server'] }),
    ),
    keyless: secret(name, { 'tls.crt': good.chainPem, 'tls.key': '' }),
  };
  return bad[badness];
}

describe('at the start', () => {
  let port: number;
  let plane: ControlPlane;
  const secure = (name: string): ClientRequest => ({
    port,
    authority: name,
    tls: { ca: ca.certificatePem, serverName: name },
  });

  beforeAll(async () => {
    port = await freePort();
    const bad = await Promise.all(
      BAD.map(async ([badness]) => [
        await badSecret(badness, badness),
        tlsContext(badness, { secret: badness }),
        mapping(badness, { prefix: `/${badness}/`, service: `127.0.0.1:${upstream.port}`, tls: badness }),
        host(badness, { hostname: `${badness}.test`, tlsSecret: { name: badness } }),
      ]),
    );
    const config = closing.keep(
      await ConfigDirectory.create({
        'bad.yaml': bad.flat(),
        'good.yaml': [
          listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
          keyPair('good', await issueLeaf(ca, { name: 'edge.test' })),
          host('good', { hostname: 'edge.test', tlsSecret: { name: 'good' } }),
          tlsContext('good', { secret: 'good' }),
          mapping('good', { prefix: '/good/', service: `127.0.0.1:${upstream.port}`, tls: 'good' }),
        ],
      }),
    );
    plane = closing.keep(await ControlPlane.start(config.path));
    const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
    await envoy.admin.listening(port);
  });

  test('everything else is served', async () => {
    expect(await answerTo({ ...secure('edge.test'), path: '/good/' })).toMatchObject({ status: 200 });
  });

  test.each(BAD)('a Mapping with the %s Secret answers 503, and %s is told of', async (badness, code) => {
    const before = upstream.requests.length;
    const answer = await answerTo({ ...secure('edge.test'), path: `/${badness}/` });
    expect(answer.status).toBe(503);
    expect(answer.body).toBe(`Mapping default/${badness} is quarantined: CS3007\n`);
    expect(upstream.requests).toHaveLength(before);
    const about = plane.diagnostics.filter(({ subject }) => subject?.name === badness);
    expect(about.map(({ code: found, subject }) => `${subject?.kind} ${found}`)).toEqual(
      expect.arrayContaining([`Secret ${code}`, 'TLSContext CS3008', 'Mapping CS3007', 'Host CS3008']),
    );
    expect(about.find(({ code: found }) => found === code)?.location?.file).toMatch(/bad\.yaml$/);
  });

  test.each(BAD)('a Host with the %s Secret closes the connection', async (badness) => {
    expect(await send(secure(`${badness}.test`))).toHaveProperty('error');
  });

  test('nothing was refused by Envoy, which never saw them', async () => {
    await plane.admin.inStep('edge');
    expect(await plane.admin.metric('countersign_xds_nacks_total')).toBe(0);
  });
});

describe('as an update', () => {
  let port: number;
  let config: ConfigDirectory;
  let plane: ControlPlane;
  let envoy: Envoy;
  let load: Load;
  const request = (): ClientRequest => ({
    port,
    authority: 'edge.test',
    path: '/good/',
    tls: { ca: ca.certificatePem },
  });

  beforeAll(async () => {
    port = await freePort();
    config = closing.keep(
      await ConfigDirectory.create({
        'definitions.yaml': [
          listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
          host('edge', { hostname: 'edge.test', tlsSecret: { name: 'server' } }),
          tlsContext('upstream', { secret: 'client' }),
          mapping('good', { prefix: '/good/', service: `127.0.0.1:${upstream.port}`, tls: 'upstream' }),
        ],
      }),
    );
    await good();
    plane = closing.keep(await ControlPlane.start(config.path));
    envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
    await envoy.admin.listening(port);
    load = Load.start(request(), 2);
    closing.keep({ stop: async () => void (await load.stop()) });
  });

  /** Writes a new certificate for each side. */
  async function good(): Promise<Record<'server' | 'client', IssuedCertificate>> {
    const [server, client] = [
      await issueLeaf(ca, { name: 'edge.test' }),
      await issueLeaf(ca, { name: 'edge', key: 'rsa' }),
    ];
    await config.write('server.yaml', [keyPair('server', server)]);
    await config.write('client.yaml', [keyPair('client', client)]);
    return { server, client };
  }

  function isRaised(code: string): boolean {
    const about = plane.diagnostics.filter((finding) => finding.code === code).map(({ subject }) => subject?.name);
    return about.includes('server') && about.includes('client');
  }

  async function serials() {
    const answer = await answerTo(request());
    const seen = JSON.parse(answer.body) as Sighting;
    return {
      server: answer.serverSerial?.toLowerCase(),
      client: seen.tls?.client?.serialNumber.toLowerCase(),
    };
  }

  test.each(WORSE)(
    '%s: the update leaves the last good one serving under load, then a good one heals it',
    async (badness, code) => {
      const { server, client } = await good();
      await Promise.all([envoy.admin.serving(server.serial), envoy.admin.serving(client.serial)]);
      await load.outcomes(PROOF);

      await plane.admin.finding(code, false);
      await config.write('server.yaml', [await badSecret('server', badness)]);
      await config.write('client.yaml', [await badSecret('client', badness)]);
      await eventually(`${code} of both`, () => Promise.resolve(isRaised(code) || undefined));
      await plane.admin.inStep('edge');
      await load.outcomes(PROOF);
      expect(await serials()).toEqual({ server: server.serial, client: client.serial });

      const healed = await good();
      await Promise.all([envoy.admin.serving(healed.server.serial), envoy.admin.serving(healed.client.serial)]);
      await plane.admin.finding(code, false);
      await load.outcomes(PROOF);
    },
  );

  test('deleted: what they held keeps serving under load, then new ones heal it', async () => {
    const { server, client } = await good();
    await Promise.all([envoy.admin.serving(server.serial), envoy.admin.serving(client.serial)]);
    await load.outcomes(PROOF);
    await Promise.all([config.remove('server.yaml'), config.remove('client.yaml')]);
    await eventually('CS6004 of both', () => Promise.resolve(isRaised('CS6004') || undefined));
    await plane.admin.inStep('edge');
    await load.outcomes(PROOF);
    expect(await serials()).toEqual({ server: server.serial, client: client.serial });
    const healed = await good();
    await Promise.all([envoy.admin.serving(healed.server.serial), envoy.admin.serving(healed.client.serial)]);
    await plane.admin.finding('CS6004', false);
    await load.outcomes(PROOF);
  });

  test('no request was lost, and Envoy refused nothing', async () => {
    const { ok, failed, failures } = await load.stop();
    expect({ failed, failures }).toEqual({ failed: 0, failures: {} });
    expect(ok).toBeGreaterThan(BAD.length * PROOF * 3);
    expect(await plane.admin.metric('countersign_xds_nacks_total')).toBe(0);
  });
});
