import { createServer } from 'node:net';
import { once } from 'node:events';
import type { CertificateAuthority, IssuedCertificate } from '../../src/cli/demo/pki';
import type * as requests from '../../src/xds/protocol/request';
import { BypassedControlPlane, type SecretMessage, type Tamper } from '../support/bypassed-control-plane';
import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { issueLeaf, rootCa } from '../support/issuance';
import { KeyTraces } from '../canary/key-traces';
import { freePort } from '../support/port';
import { Upstream } from '../support/upstream';

/** The texts by which Envoy said why it refuses something, as they came over the wire. */
const refusals: string[] = [];
jest.mock('../../src/xds/protocol/request', () => {
  const actual = jest.requireActual<typeof requests>('../../src/xds/protocol/request');
  const told: typeof actual.deltaRequest = (message) => {
    if (message.error_detail) refusals.push(message.error_detail.message ?? '');
    return actual.deltaRequest(message);
  };
  return { ...actual, deltaRequest: told };
});

// What Envoy refuses in spite of all checks costs nothing else, is told of, and is not sent over and over again.

const closing = new Closing();
let ca: CertificateAuthority;
let upstream: Upstream;

beforeAll(async () => {
  ca = await rootCa();
  upstream = closing.keep(await Upstream.start());
});
afterAll(() => closing.close());

/** Beside the Secrets there is one mapping for everybody. */
const all = () => mapping('all', { prefix: '/', service: `http://127.0.0.1:${upstream.port}` });

interface Harm {
  readonly name: string;
  /** How the refusal is classified. */
  readonly reason: string;
  readonly to: Tamper;
  /** Whether Envoy quotes the private key when it says why, as it must for the test of our log to mean something. */
  readonly quoted: boolean;
}

const strange: { key?: string } = {};
const withKey = ({ tls_certificate, ...rest }: SecretMessage, inline_string = ''): SecretMessage => ({
  ...rest,
  tls_certificate: { ...tls_certificate, private_key: { inline_string } },
});
const HARMS: readonly Harm[] = [
  {
    name: 'with the private key of another certificate',
    reason: 'secret-key-mismatch',
    to: (secret, encode) => encode(withKey(secret, strange.key)),
    quoted: false,
  },
  {
    name: 'with a private key cut short',
    reason: 'private-key-unusable',
    to: (secret, encode) => encode(withKey(secret, strange.key?.slice(0, 120))),
    quoted: false,
  },
  {
    name: 'against a constraint of the protos',
    reason: 'constraint-violation',
    to: ({ tls_certificate, ...rest }, encode) =>
      encode({ ...rest, tls_certificate: { ...tls_certificate, ocsp_staple: { filename: '' } } }),
    quoted: true,
  },
  {
    name: 'that cannot be decoded',
    reason: 'undecodable',
    to: (secret, encode) => {
      const bytes = Buffer.from(encode(secret));
      // The tag of the field `name`, made one of a wire type that does not exist.
      bytes[bytes.indexOf(secret.name ?? '') - 2] = 0x0f;
      return bytes;
    },
    quoted: true,
  },
  {
    name: 'against a constraint of the protos, with its key in bytes',
    reason: 'constraint-violation',
    to: ({ tls_certificate, ...rest }, encode) => {
      const inline_bytes = Buffer.from(tls_certificate?.private_key?.inline_string ?? '');
      return encode({
        ...rest,
        tls_certificate: { ...tls_certificate, private_key: { inline_bytes }, ocsp_staple: { filename: '' } },
      });
    },
    quoted: true,
  },
  {
    name: 'with a key for the name of the file of its key',
    reason: 'private-key-unusable',
    to: ({ tls_certificate, ...rest }, encode) =>
      encode({
        ...rest,
        tls_certificate: {
          ...tls_certificate,
          private_key: { filename: tls_certificate?.private_key?.inline_string ?? '' },
        },
      }),
    quoted: true,
  },
  {
    name: 'with a key for the name of a variable of the environment',
    reason: 'private-key-unusable',
    to: ({ tls_certificate, ...rest }, encode) =>
      encode({
        ...rest,
        tls_certificate: {
          ...tls_certificate,
          private_key: { environment_variable: tls_certificate?.private_key?.inline_string ?? '' },
        },
      }),
    quoted: false,
  },
  {
    name: 'with a key where its certificate belongs',
    reason: 'certificate-unusable',
    to: ({ tls_certificate, ...rest }, encode) =>
      encode({
        ...rest,
        tls_certificate: { ...tls_certificate, certificate_chain: { ...tls_certificate?.private_key } },
      }),
    quoted: false,
  },
];

describe.each(HARMS.map((harm) => [harm.name, harm] as const))('a Secret %s', (_name, { reason, to, quoted }) => {
  let port: number;
  let config: ConfigDirectory;
  let plane: BypassedControlPlane;
  let envoy: Envoy;
  const good: Record<'first' | 'second', IssuedCertificate[]> = { first: [], second: [] };
  const harmed = new Set<string>();
  const traces = new KeyTraces();
  const rotate = async (name: 'first' | 'second', harm = false) => {
    const certificate = await issueLeaf(ca, { name: `${name}.test` });
    traces.addKey(name, certificate.privateKeyPem);
    if (harm) harmed.add(certificate.chainPem.trim());
    await config.write(`${name}.yaml`, [keyPair(name, certificate)]);
    return certificate;
  };
  const isHarmed = (secret: SecretMessage) =>
    harmed.has(secret.tls_certificate?.certificate_chain?.inline_string?.trim() ?? '');
  const serial = async (name: string) => {
    const answer = await answerTo({ port, authority: name, tls: { ca: ca.certificatePem } });
    return answer.serverSerial?.toLowerCase();
  };
  const secretsSent = () => plane.sent.filter(({ type }) => type === 'secrets').length;

  beforeAll(async () => {
    strange.key = (await issueLeaf(ca, { name: 'strange' })).privateKeyPem;
    traces.addKey('strange', strange.key);
    port = await freePort();
    config = closing.keep(
      await ConfigDirectory.create({
        'definitions.yaml': [
          listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
          host('first', { hostname: 'first.test', tlsSecret: { name: 'first' } }),
          host('second', { hostname: 'second.test', tlsSecret: { name: 'second' } }),
          all(),
        ],
      }),
    );
    good.first.push(await rotate('first'));
    good.second.push(await rotate('second'));
    plane = closing.keep(
      await BypassedControlPlane.start(config.path, (secret, encode) =>
        isHarmed(secret) ? to(secret, encode) : encode(secret),
      ),
    );
    envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
    await envoy.admin.listening(port);
    await plane.admin.inStep('edge');
  });

  test('is refused once; the last good one goes on serving, and the others are updated', async () => {
    const before = secretsSent();
    refusals.length = 0;
    await rotate('first', true);
    const second = await rotate('second');
    await plane.log.line('the refusal', ({ msg }) => msg === 'configuration refused by Envoy');
    await envoy.admin.serving(second.serial);
    await plane.admin.inStep('edge');
    expect(await serial('first.test')).toBe(good.first[0]?.serial);
    expect(await serial('second.test')).toBe(second.serial);
    // The refused one, the good one again in its place, and the other one.
    expect(secretsSent() - before).toBe(3);
  });

  test('is told of in log, metrics and status, with its definition and the reason', async () => {
    const lines = plane.log.lines.filter(({ msg }) => msg === 'configuration refused by Envoy');
    expect(lines).toMatchObject([
      {
        level: 'error',
        node: 'edge',
        group: 'default',
        type: 'secrets',
        reason,
        rejected: [
          {
            name: 'default/first',
            definitions: [expect.stringMatching(/^Secret default\/first .*first\.yaml:\d+:\d+$/)],
          },
        ],
      },
    ]);
    expect(await plane.admin.metric('countersign_xds_nacks_total', `type="secrets",reason="${reason}"`)).toBe(1);
    expect(await plane.admin.metric('countersign_xds_nacks_total')).toBe(1);
    const { nodes, diagnostics } = await plane.admin.status();
    expect(nodes[0]?.streams[0]?.types.secrets).toMatchObject({
      parked: ['default/first'],
      lastNack: { reason, rejected: [{ name: 'default/first' }] },
    });
    expect(diagnostics.filter(({ code }) => code === 'CS6003')).toEqual([
      expect.objectContaining({
        severity: 'error',
        message: expect.stringMatching(/^Envoy refused the Secret "default\/first": .*\(edge\)$/),
        subject: { kind: 'Secret', namespace: 'default', name: 'first' },
        at: expect.stringMatching(/first\.yaml:\d+:\d+$/),
      }),
    ]);
  });

  test('is not sent again, whatever else changes', async () => {
    const before = secretsSent();
    for (const prefix of ['/x/', '/y/']) {
      await config.write('more.yaml', [mapping('more', { prefix, service: `http://127.0.0.1:${upstream.port}` })]);
      await plane.admin.inStep('edge');
      const rotated = await rotate('second');
      await envoy.admin.serving(rotated.serial);
    }
    await plane.admin.inStep('edge');
    expect(secretsSent() - before).toBe(2);
    expect(await plane.admin.metric('countersign_xds_nacks_total')).toBe(1);
    expect(await serial('first.test')).toBe(good.first[0]?.serial);
  });

  test('is forgotten when a good one comes', async () => {
    const healed = await rotate('first');
    await envoy.admin.serving(healed.serial);
    await plane.admin.inStep('edge');
    expect(await serial('first.test')).toBe(healed.serial);
    const { nodes, diagnostics } = await plane.admin.status();
    expect(nodes[0]?.streams[0]?.types.secrets).toMatchObject({ parked: [] });
    expect(nodes[0]?.streams[0]?.types.secrets).not.toHaveProperty('lastNack');
    expect(diagnostics.filter(({ code }) => code === 'CS6003')).toEqual([]);
  });

  test("leaves nothing of Envoy's own text in the log, which quotes the key", async () => {
    expect(refusals).toHaveLength(1);
    expect(traces.findIn(refusals.join())).toEqual(quoted ? expect.arrayContaining([expect.any(String)]) : []);
    const outputs = [plane.log.text, await plane.admin.text('/status'), await plane.admin.text('/metrics')];
    for (const output of outputs) {
      expect(traces.findIn(output)).toEqual([]);
      expect(output).not.toMatch(/KEY_VALUES_MISMATCH|constraint validation|PRIVATE KEY/i);
    }
  });
});

test('a port that is taken by somebody else costs its own Listener only', async () => {
  const taken = createServer();
  taken.listen(0, '0.0.0.0');
  await once(taken, 'listening');
  closing.keep({ stop: async () => void (taken.close(), await once(taken, 'close')) });
  const address = taken.address();
  const port = await freePort();
  const config = closing.keep(
    await ConfigDirectory.create({
      'all.yaml': [listener(port), listener(typeof address === 'object' && address !== null ? address.port : 0), all()],
    }),
  );
  const plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  await plane.log.line(
    'the refusal of one Listener',
    ({ msg, ...line }) =>
      msg === 'configuration refused by Envoy' && Array.isArray(line['rejected']) && line['rejected'].length === 1,
  );
  await plane.admin.inStep('edge');
  expect(await answerTo({ port })).toMatchObject({ status: 200 });
  const { nodes } = await plane.admin.status();
  expect(nodes[0]?.streams[0]?.types.listeners).toMatchObject({ lastNack: { reason: 'cannot-bind' } });
  const before = await plane.admin.metric('countersign_xds_responses_total', 'type="listeners"');
  await plane.change(() =>
    config.write('more.yaml', [mapping('more', { prefix: '/x/', service: 'http://127.0.0.1:1' })]),
  );
  await plane.admin.inStep('edge');
  expect(await plane.admin.metric('countersign_xds_responses_total', 'type="listeners"')).toBe(before);
});
