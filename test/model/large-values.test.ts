import { holdsPrivateKey, maskLongRuns, maskPrivateKeys, maskUserInformation } from '../../src/model/redaction';
import { decodeOne, findings } from './support/decode-text';

// Files may have 32 MiB, and a revocation list has a few of them. A regular expression that repeats a group needs stack for each repetition.

const MANY = 3_000_000;

test('a value of a Secret may be of many megabytes', () => {
  const value = 'LS0t'.repeat(MANY);
  const secret = (data: string) =>
    decodeOne(`{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"crl.pem": "${data}"}}`);
  expect(secret(value)).toMatchObject({ rejected: false, diagnostics: [] });
  expect(findings(secret(`${value}*`)).join()).toContain('CS1025');
});

test.each([
  ['', true],
  ['YQ==', true],
  ['YWI=', true],
  ['YWJj', true],
  ['YQ=', false],
  ['YQ', false],
  ['Y===', false],
  ['====', false],
  ['YQ==YQ==', false],
  ['Y-_j', false],
])('%j as a value of a Secret', (data, isBase64) => {
  const decoded = decodeOne(
    `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "${data}"}}`,
  );
  expect(findings(decoded).join().includes('CS1025')).toBe(!isBase64);
});

test('what is quoted of a text of many megabytes is masked', () => {
  expect(maskLongRuns(`kind: ${'a-'.repeat(MANY)}`)).toBe('kind: [redacted]');
  expect(maskLongRuns(`/${'long-path/'.repeat(20)}`)).toBe(`/${'long-path/'.repeat(20)}`);
  const long = `://${'://a'.repeat(MANY)}`;
  expect(maskUserInformation(`${long}@`)).toMatch(/\*@$/);
  expect(maskUserInformation(long)).toBe(long);
});

test('keys are looked for in texts of many megabytes', () => {
  const long = `MIIB${'AAAA'.repeat(MANY)}`;
  expect(holdsPrivateKey(long)).toBe(false);
  expect(maskPrivateKeys(long)).toBe(long);
  expect(maskPrivateKeys(`-----BEGIN PRIVATE KEY-----\n${long}\n-----END PRIVATE KEY-----`)).toMatch(
    /^\[redacted [0-9a-f]{8}\]$/,
  );
});

test.each(['', 'x', 'xy', 'xyz'])(
  'the base64 of a PEM file is a private key, whatever stands before it (%j)',
  (before) => {
    const pem = `${before}-----BEGIN EC PRIVATE KEY-----\nMHcC\n`;
    expect(holdsPrivateKey(`tls: ${Buffer.from(pem).toString('base64')}`)).toBe(true);
    expect(holdsPrivateKey(Buffer.from(`${before}-----BEGIN CERTIFICATE-----\nMHcC\n`).toString('base64'))).toBe(false);
  },
);
