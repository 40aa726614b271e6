import { createPrivateKey } from 'node:crypto';
import { inspect } from 'node:util';
import { readKeyPair, readTrustBundle } from '../../src/certificates';
import { AT, authority, secretOf, VALIDITY } from '../support/pki';
import { pairCases } from './pair-cases';

/** Every run of 12 characters of a key's bytes as base64 (three alignments) and hex. */
function tracesOf(bytes: Buffer): string[] {
  const encodings = [0, 1, 2].map((skip) => bytes.subarray(skip).toString('base64')).concat(bytes.toString('hex'));
  return encodings.flatMap((encoded) =>
    Array.from({ length: encoded.length - 12 }, (_, at) => encoded.slice(at, at + 12)),
  );
}

function leaks(output: string, bytes: Buffer): boolean {
  const flat = output.replaceAll(/\\n|\s/g, '');
  return tracesOf(bytes).some((trace) => flat.toLowerCase().includes(trace.toLowerCase()));
}

const CANARY = 'Q0FOQVJZLWtleS1ieXRlcy1DQU5BUlk=';

test('the private key of a pair is printed by nothing', async () => {
  for (const kind of ['ec', 'rsa'] as const) {
    const leaf = await (await authority()).issue({ commonName: 'edge', key: kind, ...VALIDITY });
    const { value } = readKeyPair(secretOf({ 'tls.crt': leaf.chainPem, 'tls.key': leaf.privateKeyPem }), AT);
    const jwk = createPrivateKey(leaf.privateKeyPem).export({ format: 'jwk' });
    const secretNumber = Buffer.from(jwk.d ?? '', 'base64url');
    expect(leaks(value?.privateKey.revealPem() ?? '', secretNumber)).toBe(true);
    for (const print of [
      JSON.stringify(value),
      inspect(value, { depth: Infinity, showHidden: true, getters: true }),
      inspect(value, { customInspect: false, depth: Infinity, showHidden: true }),
      String(value?.privateKey),
      JSON.stringify(Object.entries(value?.privateKey ?? {})),
    ]) {
      expect(print).toContain(value?.privateKey.fingerprint);
      expect(leaks(print, secretNumber)).toBe(false);
    }
  }
});

test('no finding quotes what the Secret holds', async () => {
  const broken = [
    `-----BEGIN ${CANARY}-----`,
    `-----BEGIN PRIVATE KEY-----\n${CANARY}`,
    `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----\n`,
    `-----BEGIN EC PRIVATE KEY-----\n${CANARY}\n-----END RSA PRIVATE KEY-----\n`,
    `-----BEGIN CANARY PRIVATE KEY-----\n${CANARY}\n-----END CANARY PRIVATE KEY-----\n`,
    `-----BEGIN CERTIFICATE-----\n${CANARY}\n-----END CERTIFICATE-----\n`,
    `-----BEGIN CERTIFICATE-----\n${CANARY}*\n-----END CERTIFICATE-----\n`,
    `-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ${CANARY}\n\n${CANARY}\n-----END PRIVATE KEY-----\n`,
    CANARY,
  ];
  for (const value of broken) {
    for (const data of [
      secretOf({ 'tls.crt': value, 'tls.key': value, 'ca.crt': value }),
      secretOf({ [`${CANARY}=\n`]: value }),
    ]) {
      const print = JSON.stringify([readKeyPair(data, AT), readTrustBundle(data, AT)]);
      expect(print).toContain('"severity":"error"');
      expect(print).not.toMatch(/Q0FOQVJZ|CANARY/);
    }
  }
});

test('no case of the table puts base64 of its own into a finding', async () => {
  for (const { data } of await pairCases()) {
    const print = JSON.stringify(readKeyPair(data, AT).findings);
    for (const key of data.keys()) {
      for (const line of data.get(key)?.toString('latin1').split(/\s+/) ?? []) {
        if (line.length >= 16 && !line.includes('-----')) expect(print).not.toContain(line.slice(0, 16));
      }
    }
  }
});
