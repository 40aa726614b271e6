import { X509Certificate } from 'node:crypto';
import { keyPairOf, readKeyPair } from '../../src/certificates';
import { AT, authority, endingIn, lasting, secretOf, VALIDITY } from '../support/pki';
import { type PairCase, pairCases } from './pair-cases';

let cases: PairCase[];
beforeAll(async () => {
  cases = await pairCases();
});

test('every case gives the codes that it should, and a value only without an error', () => {
  const seen = cases.map(({ name, data }) => {
    const { value, findings } = readKeyPair(data, AT);
    const refused = findings.some(({ severity }) => severity === 'error');
    return { name, codes: findings.map(({ code }) => code).sort(), refused, withheld: value === undefined };
  });
  expect(seen).toEqual(
    cases.map(({ name, codes }, index) => {
      const refused = seen[index]?.refused;
      return { name, codes: [...codes].sort(), refused, withheld: refused };
    }),
  );
});

test('findings name a key of the Secret, say what to do, and have a finite message', () => {
  for (const { data } of cases) {
    for (const { key, message, fix } of readKeyPair(data, AT).findings) {
      expect(['tls.crt', 'tls.key', 'cert-chain.pem', 'key.pem']).toContain(key);
      expect(message).toMatch(/^[^\n]{10,250}$/);
      expect(fix).not.toBe('');
    }
  }
});

test.each([
  ['key of another certificate, EC', 'private key tls.key does not match certificate 1 of 2 in tls.crt (CN=edge)'],
  ['CA first', 'tls.key belongs to certificate 2 of 2 in tls.crt (CN=edge), which must come first'],
  ['expired', 'the certificate in tls.crt (CN=edge) expired on 2021-01-01 00:00:00Z'],
  ['expires within 7 days', 'the certificate in tls.crt (CN=edge) expires within 7 days, on 2026-06-20 12:00:00Z'],
  ['RSA 1024', 'the certificate in tls.crt (CN=edge) has an RSA key of 1024 bits; Envoy needs at least 2048'],
  ['base64 twice', 'tls.crt is base64-encoded once too often'],
  ['DER', 'tls.crt is binary (DER or PKCS #12), not PEM'],
  ['chain and key swapped', 'tls.key holds certificates but no private key'],
  ['empty chain', 'tls.crt is empty'],
  ['no key', 'tls.key or key.pem is missing; the Secret has tls.crt'],
])('%s: %s', (name, message) => {
  const { data } = cases.find((each) => each.name === name) ?? {};
  expect(data && readKeyPair(data, AT).findings.map((finding) => finding.message)).toContain(message);
});

test('the chain is written anew: certificates only, in order, byte for byte the same inside', async () => {
  const root = await authority();
  const intermediate = await root.createIntermediate({ commonName: 'Intermediate', ...VALIDITY });
  const leaf = await intermediate.issue({ commonName: 'edge', ...VALIDITY });
  const { value } = readKeyPair(
    secretOf({ 'tls.crt': `Bag Attributes\n${leaf.chainPem.replaceAll('\n', '\r\n')}`, 'tls.key': leaf.privateKeyPem }),
    AT,
  );
  expect(value?.chainPem).toBe(leaf.chainPem);
  expect(value?.privateKey.revealPem()).toBe(leaf.privateKeyPem);
  expect(value?.certificates.map(({ subject }) => subject)).toEqual(['CN=edge', 'CN=Intermediate']);
  expect(value?.certificates[0]?.serial).toBe(new X509Certificate(leaf.certificatePem).serialNumber.toLowerCase());
});

test('the same Secret gives the same KeyPair, whenever it is judged', async () => {
  const leaf = await (await authority()).issue({ commonName: 'edge', ...endingIn(20) });
  const data = secretOf({ 'tls.crt': leaf.chainPem, 'tls.key': leaf.privateKeyPem });
  const at = (days: number): Date => new Date(AT.getTime() + days * 86_400_000);
  const { value } = readKeyPair(data, at(-100));
  expect(value).toBeDefined();
  expect(readKeyPair(data, at(1)).value).toBe(value);
  expect(readKeyPair(data, at(21))).toMatchObject({ findings: [{ code: 'CS2011', severity: 'error' }] });
  expect(readKeyPair(data, at(21)).value).toBeUndefined();
  expect(keyPairOf(data)).toBe(value);
});

test('five minutes of clock skew are tolerated on both sides, and no more', async () => {
  const leaf = await (await authority()).issue({ commonName: 'edge', notBefore: AT, notAfter: endingIn(100).notAfter });
  const data = secretOf({ 'tls.crt': leaf.chainPem, 'tls.key': leaf.privateKeyPem });
  const codesAt = (moment: Date, minutes: number): string[] =>
    readKeyPair(data, new Date(moment.getTime() + minutes * 60_000)).findings.map(({ code }) => code);
  expect(codesAt(AT, -5)).toEqual([]);
  expect(codesAt(AT, -5.1)).toEqual(['CS2012']);
  expect(codesAt(endingIn(100).notAfter, 5)).toEqual(['CS2013']);
  expect(codesAt(endingIn(100).notAfter, 5.1)).toEqual(['CS2011']);
});

test.each([
  [1, 0.4, []],
  [1, 0.3, ['CS2013']],
  [90, 31, []],
  [90, 29, ['CS2013']],
])('of a life of %d days, %d are left', async (days, left, codes) => {
  const leaf = await (await authority()).issue({ commonName: 'edge', ...lasting(days, left) });
  const { findings } = readKeyPair(secretOf({ 'tls.crt': leaf.chainPem, 'tls.key': leaf.privateKeyPem }), AT);
  expect(findings.map(({ code }) => code)).toEqual(codes);
});

test('judges 1,000 pairs in a few seconds even on a busy machine', () => {
  const [{ data } = { data: secretOf({}) }] = cases;
  const copies = Array.from({ length: 1000 }, () => {
    const [chain = Buffer.of(), key = Buffer.of()] = [data.get('tls.crt'), data.get('tls.key')];
    return secretOf({ 'tls.crt': chain, 'tls.key': key });
  });
  const start = process.cpuUsage();
  for (const copy of copies) expect(readKeyPair(copy, AT).value).toBeDefined();
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000).toBeLessThan(4000);
});
