import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import type { IssuedCertificate } from '../../src/cli/demo/pki';
import { BypassedControlPlane } from '../support/bypassed-control-plane';
import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { host, keyPair, listener, mapping } from '../support/definitions';
import { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { issueLeaf, rootCa } from '../support/issuance';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { Upstream } from '../support/upstream';

// A thousand Secrets change at once, and one of them is such that Envoy refuses it, though nothing of ours saw that.

const SECRETS = 1_000;
const BAD = 500;
/** Requests that must flow for each name under load before, and after. */
const PROOF = 20;

const closing = new Closing();
afterAll(() => closing.close());

test.each(['DELTA_GRPC', 'GRPC'] as const)(
  'rule 13: one bad Secret of a thousand costs the others nothing, no handshake fails, and it is sent once (%s)',
  async (api) => {
    const ca = await rootCa();
    const upstream = closing.keep(await Upstream.start());
    const port = await freePort();
    const indices = Array.from({ length: SECRETS }, (_, index) => index);
    const nameOf = (index: number) => `host-${index}.test`;
    const issueAll = async (): Promise<IssuedCertificate[]> => {
      const key = { privateKeyPem: (await issueLeaf(ca, { name: 'key' })).privateKeyPem };
      return await Promise.all(indices.map(async (index) => await issueLeaf(ca, { name: nameOf(index), key })));
    };
    const [first, second] = [await issueAll(), await issueAll()];
    const stranger = await issueLeaf(ca, { name: 'stranger' });
    const secrets = (certificates: readonly IssuedCertificate[]) =>
      certificates.map((certificate, index) => keyPair(`secret-${index}`, certificate));
    const config = closing.keep(
      await ConfigDirectory.create({
        'definitions.yaml': [
          listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
          ...indices.map((index) =>
            host(`host-${index}`, { hostname: nameOf(index), tlsSecret: { name: `secret-${index}` } }),
          ),
          // The upstream shares its process with the compilation of a thousand certificates, and may be late.
          mapping('all', { prefix: '/', service: `http://127.0.0.1:${upstream.port}`, timeout_ms: 60_000 }),
        ],
        'secrets.yaml': secrets(first),
      }),
    );
    const broken = second[BAD]?.chainPem.trim();
    const plane = closing.keep(
      await BypassedControlPlane.start(config.path, (secret, encode) => {
        const { tls_certificate } = secret;
        if (tls_certificate?.certificate_chain?.inline_string?.trim() !== broken) return encode(secret);
        const private_key = { inline_string: stranger.privateKeyPem };
        return encode({ ...secret, tls_certificate: { ...tls_certificate, private_key } });
      }),
    );
    const envoy = closing.keep(await Envoy.start(bootstrap(plane.xdsPort, api)));
    await envoy.admin.listening(port, 60_000);
    await plane.admin.inStep('edge');
    const sentSecrets = () => plane.sent.filter(({ type }) => type === 'secrets').length;
    const before = { secrets: sentSecrets(), all: plane.sent.length };

    const loads = [0, BAD, SECRETS - 1].map((index) =>
      Load.start({ port, authority: nameOf(index), tls: { ca: ca.certificatePem } }, 1),
    );
    const flow = async () => await Promise.all(loads.map((load) => load.outcomes(PROOF)));
    try {
      await flow();
      await config.write('secrets.yaml', secrets(second));
      await plane.log.line('the refusal', ({ msg }) => msg === 'configuration refused by Envoy', 60_000);
      await eventually(
        'all but one are served',
        async () => {
          const served = new Set(
            (await envoy.admin.certificates()).flatMap(({ cert_chain }) =>
              cert_chain.map(({ serial_number }) => BigInt(`0x${serial_number}`)),
            ),
          );
          const updated = second.filter(({ serial }) => served.has(BigInt(`0x${serial}`)));
          return updated.length === SECRETS - 1 ? updated : undefined;
        },
        60_000,
      );
      await plane.admin.inStep('edge');
      await flow();
    } finally {
      await Promise.all(loads.map((load) => load.stop()));
    }

    const outcome = loads.map(({ report }) => report);
    expect(outcome.map(({ failed, failures }) => ({ failed, failures }))).toEqual(
      outcome.map(() => ({ failed: 0, failures: {} })),
    );
    // What new connections are shown, name by name.
    let updated = 0;
    for (const index of indices) {
      const answer = await answerTo({ port, authority: nameOf(index), tls: { ca: ca.certificatePem } });
      const expected = (index === BAD ? first : second)[index]?.serial;
      expect([index, answer.status, answer.serverSerial?.toLowerCase()]).toEqual([index, 200, expected]);
      if (index !== BAD) updated += 1;
    }

    expect(await plane.admin.metric('countersign_xds_nacks_total')).toBe(1);
    const refusals = plane.log.lines.filter(({ msg }) => msg === 'configuration refused by Envoy');
    const definition = expect.stringMatching(new RegExp(`^Secret default/secret-${BAD} .*secrets\\.yaml:\\d+:\\d+$`));
    expect(refusals).toMatchObject([
      {
        type: 'secrets',
        reason: 'secret-key-mismatch',
        rejected: [{ name: `default/secret-${BAD}`, definitions: [definition] }],
      },
    ]);
    // Each Secret once, and the last good one in the place of the bad one; nothing else was sent at all.
    const sent = sentSecrets() - before.secrets;
    expect(sent).toBe(SECRETS + 1);
    expect(plane.sent.length - before.all).toBe(sent);
    // What changes later does not bring it back.
    const third = second.map((certificate, index) => (index === 0 ? (first[0] ?? certificate) : certificate));
    await config.write('secrets.yaml', secrets(third));
    await envoy.admin.serving(first[0]?.serial ?? '');
    await plane.admin.inStep('edge');
    expect(sentSecrets() - before.secrets).toBe(sent + 1);
    expect(await plane.admin.metric('countersign_xds_nacks_total')).toBe(1);

    const ok = outcome.reduce((sum, report) => sum + report.ok, 0);
    process.stdout.write(
      `${api}: ${updated} of ${SECRETS} updated, 1 NACK recorded (${JSON.stringify(refusals[0]?.['rejected'])}), ` +
        `0 resends, ${ok} handshakes under load, 0 failed\n`,
    );
  },
  240_000,
);

function bootstrap(port: number, api: string): object {
  const document = bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port } });
  const copy = JSON.parse(JSON.stringify(document)) as { dynamic_resources: { ads_config: { api_type: string } } };
  copy.dynamic_resources.ads_config.api_type = api;
  return copy;
}
