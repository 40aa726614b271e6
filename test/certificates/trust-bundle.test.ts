import { readTrustBundle, summarise, trustBundleOf } from '../../src/certificates';
import { AT, authority, CertificateAuthority, endingIn, secretOf, VALIDITY } from '../support/pki';
import { type BundleCase, bundleCases } from './bundle-cases';

let cases: BundleCase[];
beforeAll(async () => {
  cases = await bundleCases();
});

test('every case gives the codes and the size that it should', () => {
  const seen = cases.map(({ name, data, role }) => {
    const { value, findings } = readTrustBundle(data, AT, role);
    return { name, codes: findings.map(({ code }) => code).sort(), size: value?.certificates.length ?? 0 };
  });
  expect(seen).toEqual(cases.map(({ name, codes, size }) => ({ name, codes, size })));
});

test('the bundle is written anew, each certificate once', async () => {
  const [a, b] = [(await authority('A')).certificatePem, (await authority('B')).certificatePem];
  const { value } = readTrustBundle(secretOf({ 'ca.crt': `text\n${a}${b}${a}` }), AT);
  expect(value?.pem).toBe(a + b);
});

test('the same Secret gives the same TrustBundle per role, whenever it is judged', async () => {
  const { certificatePem } = await CertificateAuthority.createRoot({ commonName: 'A', ...endingIn(1) });
  const data = secretOf({ 'ca.crt': certificatePem });
  const { value } = readTrustBundle(data, AT);
  expect(value).toBeDefined();
  expect(readTrustBundle(data, endingIn(0.5).notAfter).value).toBe(value);
  expect(readTrustBundle(data, endingIn(2).notAfter).value).toBeUndefined();
  expect(trustBundleOf(data, 'declared')).toBe(value);
  expect(trustBundleOf(data, 'own')?.pem).toBe(value?.pem);
});

test('a summary ends with the first expiry of a chain, and with the last of a bundle', async () => {
  const [soon, late] = [endingIn(10), endingIn(100)];
  const a = await CertificateAuthority.createRoot({ commonName: 'A', ...soon });
  const b = await CertificateAuthority.createRoot({ commonName: 'B', serial: '0badcafe', ...late });
  const bundle = readTrustBundle(secretOf({ 'ca.crt': b.certificatePem + a.certificatePem }), AT).value;
  expect(bundle && summarise(bundle)).toEqual({
    subject: 'CN=B',
    issuer: 'CN=B',
    serial: '0badcafe',
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    subjectAltNames: [],
    notBefore: VALIDITY.notBefore.toISOString(),
    notAfter: late.notAfter.toISOString(),
  });
});
