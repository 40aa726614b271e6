import { createPrivateKey } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { judgePeer, readKeyPair, readRevocation, readTrustBundle } from '../../src/certificates';
import { pemOf } from '../support/crafted-certificate';
import { mutate, Randomness } from '../support/mutation';
import { AT, authority, secretOf, VALIDITY } from '../support/pki';
import { revocationList } from '../support/revocation';

const PKI = join(__dirname, '../../fixtures/pki');
/** Inputs per kind. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 1_000);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_126);
/** A judgement that takes longer is a hang. */
const HANG_MS = 1_000;

const derOf = (pem: string) => Buffer.from(pem.replaceAll(/-----[^-]*-----|\s/g, ''), 'base64');

/** What damages text as a whole: cut, repeated, stuffed, and labels exchanged. */
function damage(text: Buffer, random: Randomness): Buffer {
  const at = random.below(text.length);
  switch (random.below(6)) {
    case 0:
      return text.subarray(0, at);
    case 1:
      return Buffer.concat([text, text.subarray(0, at)]);
    case 2:
      return Buffer.concat([
        text.subarray(0, at),
        Buffer.alloc(1 + random.below(50_000), random.below(256)),
        text.subarray(at),
      ]);
    case 3:
      return Buffer.from(
        text
          .toString('latin1')
          .replace('CERTIFICATE', ['PRIVATE KEY', 'X509 CRL', 'CERTIFICATE REQUEST', ''][random.below(4)] ?? ''),
        'latin1',
      );
    case 4:
      return Buffer.concat(Array.from({ length: 1 + random.below(40) }, () => text));
    default:
      return mutate(text, random);
  }
}

test(
  'no damaged certificate, key or list makes a judgement fail or hang, and none is accepted with an error',
  async () => {
    const issuer = await authority();
    const leaf = await issuer.issue({
      commonName: 'edge',
      subjectAltNames: [{ type: 'dns', value: 'edge.example' }],
      ...VALIDITY,
    });
    const files = readdirSync(PKI).filter((name) => name.endsWith('.crt'));
    const certificates = files.map((name) => readFileSync(join(PKI, name)));
    const list = await revocationList(issuer, ['01', '02'], VALIDITY);
    const { value: bundle } = readTrustBundle(secretOf({ 'ca.crt': issuer.certificatePem }), AT);
    if (bundle === undefined) throw new Error('the CA is not accepted');
    const key = createPrivateKey(leaf.privateKeyPem).export({ type: 'pkcs8', format: 'der' });
    const random = new Randomness(SEED);
    const pick = (): Buffer => certificates[random.below(certificates.length)] ?? Buffer.of();
    const pair = (chain: Buffer | string, privateKey: Buffer | string) => () =>
      readKeyPair(secretOf({ 'tls.crt': chain, 'tls.key': privateKey }), AT);
    const kinds: Readonly<Record<string, () => () => unknown>> = {
      'DER of a certificate': () => pair(pemOf(mutate(derOf(leaf.certificatePem), random)), leaf.privateKeyPem),
      'DER of a key': () => pair(leaf.chainPem, pemOf(mutate(key, random), 'PRIVATE KEY')),
      'text of a chain': () => pair(damage(pick(), random), leaf.privateKeyPem),
      'text of a key': () => pair(leaf.chainPem, damage(Buffer.from(leaf.privateKeyPem), random)),
      'text of a bundle': () => {
        const text = damage(pick(), random);
        return () => readTrustBundle(secretOf({ 'ca.crt': text }), AT);
      },
      'DER of a CA': () => {
        const text = pemOf(mutate(derOf(issuer.certificatePem), random));
        return () => readTrustBundle(secretOf({ 'ca.crt': text }), AT);
      },
      'a list': () => {
        const text =
          random.below(2) === 0
            ? Buffer.from(pemOf(mutate(derOf(list), random), 'X509 CRL'))
            : damage(Buffer.from(list), random);
        return () => readRevocation(secretOf({ 'crl.pem': text }), AT);
      },
      'a chain of a peer': () => {
        const text = damage(pick(), random).toString('latin1');
        return () => judgePeer(text, bundle, 'client', AT);
      },
    };
    let [inputs, slowest] = [0, 0];
    const hung: string[] = [];
    for (const [kind, make] of Object.entries(kinds))
      for (let run = 0; run < RUNS; run += 1) {
        const judge = make();
        const started = performance.now();
        const judged = judge() as { value?: object; findings?: readonly { severity: string }[] };
        const took = performance.now() - started;
        if (judged.findings?.some(({ severity }) => severity === 'error') === true)
          expect(judged.value).toBeUndefined();
        inputs += 1;
        slowest = Math.max(slowest, took);
        if (took > HANG_MS) hung.push(`${kind}, run ${run}: ${Math.round(took)} ms`);
      }
    expect(hung).toEqual([]);
    process.stdout.write(
      `fuzzed certificates, keys and lists: ${inputs} inputs, 0 crashes, slowest ${Math.ceil(slowest)} ms\n`,
    );
  },
  60_000 + RUNS * 60,
);
