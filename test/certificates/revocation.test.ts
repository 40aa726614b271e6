import { judgeRevocation, readRevocation } from '../../src/certificates';
import { CA_TRUE, craft, KEY_USAGE_CERT_SIGN, pemOf } from '../support/crafted-certificate';
import { AT, authority, ecKey, EXPIRED, FUTURE, endingIn, lasting, pkcs8, secretOf, VALIDITY } from '../support/pki';
import { revocationList } from '../support/revocation';

const codesOf = (findings: readonly { readonly code: string; readonly severity: string }[]) =>
  findings.map(({ code, severity }) => `${code} ${severity}`);
const reading = (values: Readonly<Record<string, string>>) => codesOf(readRevocation(secretOf(values), AT).findings);

test('lists are read from crl.pem, else from user.key', async () => {
  const ca = await authority();
  const list = await revocationList(ca, ['01ff', '02'], VALIDITY);
  expect(reading({ 'crl.pem': list, 'user.key': 'no list' })).toEqual([]);
  const { value } = readRevocation(secretOf({ 'user.key': list }), AT);
  expect(value?.lists.map(({ revoked }) => [...revoked])).toEqual([['1ff', '2']]);
});

// Envoy takes the first three for lists that revoke nothing.
test.each([
  ['nothing', {}, ['CS2023 error']],
  ['a certificate', async () => ({ 'crl.pem': (await authority()).certificatePem }), ['CS2023 error']],
  ['a list under another label', { 'crl.pem': '-----BEGIN CRL-----\nMAA=\n-----END CRL-----\n' }, ['CS2023 error']],
  ['garbage', { 'crl.pem': 'garbage' }, ['CS2003 error']],
  ['no list inside', { 'crl.pem': '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n' }, ['CS2005 error']],
] as const)('%s is no list', async (_what, values, codes) => {
  expect(reading(typeof values === 'function' ? await values() : values)).toEqual(codes);
});

test('a list of many megabytes is read, up to what is wrong with it', () => {
  const block = pemOf(Buffer.alloc(9_000_000), 'X509 CRL');
  expect(reading({ 'crl.pem': block })).toEqual(['CS2005 error']);
});

test.each([
  ['past its end', EXPIRED, ['CS2024 error']],
  ['before its begin', FUTURE, ['CS2024 error']],
  ['of years, in its last week', endingIn(6), ['CS2024 warning']],
  ['of years, before its last week', endingIn(8), []],
  ['of ten days, in its last fifth', lasting(10, 1.9), ['CS2024 warning']],
  ['of ten days, before its last fifth', lasting(10, 2.1), []],
])('a list %s', async (_when, validity, codes) => {
  expect(reading({ 'crl.pem': await revocationList(await authority(), [], validity) })).toEqual(codes);
});

test('of two lists of one CA, the newer counts, wherever it stands', async () => {
  const ca = await authority();
  const old = await revocationList(ca, [], { ...VALIDITY, notBefore: new Date('2019-01-01T00:00:00Z') });
  const current = await revocationList(ca, ['01'], VALIDITY);
  for (const pem of [old + current, current + old]) {
    const { value, findings } = readRevocation(secretOf({ 'crl.pem': pem }), AT);
    expect(codesOf(findings)).toEqual(['CS2025 warning']);
    expect(value?.pem).toBe(current);
  }
});

describe('lists and CAs', () => {
  const judging = (ca: string, list: string) =>
    codesOf(judgeRevocation([secretOf({ 'ca.crt': ca })], 'declared', secretOf({ 'crl.pem': list })));

  test('fit where each CA has a list of its own', async () => {
    const [one, two] = [await authority('One'), await authority('Two', 'rsa')];
    const lists = (await revocationList(one, [], VALIDITY)) + (await revocationList(two, [], VALIDITY));
    expect(judging(one.certificatePem + two.certificatePem, lists)).toEqual([]);
    expect(judging(one.certificatePem, lists)).toEqual([]);
  });

  test('do not fit where a CA lacks one, or all of them do', async () => {
    const [one, two] = [await authority('One'), await authority('Two')];
    const ofOne = await revocationList(one, [], VALIDITY);
    expect(judging(one.certificatePem + two.certificatePem, ofOne)).toEqual(['CS4019 warning']);
    expect(judging(two.certificatePem, ofOne)).toEqual(['CS4019 error']);
  });

  test('do not fit where a namesake has signed', async () => {
    const [ca, namesake] = [await authority('One'), await authority('One')];
    expect(judging(ca.certificatePem, await revocationList(namesake, [], VALIDITY))).toEqual(['CS4019 error']);
    expect(judging(ca.certificatePem + namesake.certificatePem, await revocationList(namesake, [], VALIDITY))).toEqual(
      [],
    );
  });

  test('do not fit where the CA may not sign lists', async () => {
    const key = ecKey();
    const certificatePem = pemOf(craft({ subject: 'One', key, extensions: [CA_TRUE, KEY_USAGE_CERT_SIGN] }));
    const list = await revocationList({ certificatePem, privateKeyPem: pkcs8(key) }, [], VALIDITY);
    expect(judging(certificatePem, list)).toEqual(['CS4019 error']);
  });
});
