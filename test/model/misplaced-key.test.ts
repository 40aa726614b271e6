import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { holdsPrivateKey, maskPrivateKeys } from '../../src/model/redaction';
import { ambassador, decodeOne, findings } from './support/decode-text';

const keys: Readonly<Record<string, KeyObject>> = {
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  Ed25519: generateKeyPairSync('ed25519').privateKey,
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
};
const STRUCTURES = { 'P-256': 'sec1', 'P-521': 'sec1', RSA: 'pkcs1' } as const;

describe.each(Object.keys(keys))('a private key (%s)', (kind) => {
  const key = keys[kind] as KeyObject;
  const der = key.export({ type: 'pkcs8', format: 'der' });
  const structure = STRUCTURES[kind as keyof typeof STRUCTURES] as 'sec1' | undefined;

  test('is known with and without its armour', () => {
    expect(holdsPrivateKey(key.export({ type: 'pkcs8', format: 'pem' }).toString())).toBe(true);
    expect(holdsPrivateKey(der.toString('base64'))).toBe(true);
    expect(holdsPrivateKey(`https://${der.toString('base64')}`)).toBe(true);
    expect(holdsPrivateKey(der.toString('base64').replaceAll(/.{64}/g, '$& '))).toBe(true);
    if (structure !== undefined)
      expect(holdsPrivateKey(key.export({ type: structure, format: 'der' }).toString('base64'))).toBe(true);
  });

  test('is masked in a text that is about something else', () => {
    const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const form of [
      pem,
      JSON.stringify(pem),
      pem.slice(0, 200),
      der.toString('base64'),
      der.toString('base64url'),
    ]) {
      const masked = maskPrivateKeys(`cannot read "${form}": it does not exist`);
      expect(masked).toMatch(/^cannot read "+\[redacted [0-9a-f]{8}\](?:\\n|\n)?"+: it does not exist$/);
    }
    expect(maskPrivateKeys(pem)).not.toBe(maskPrivateKeys(pem.slice(0, 100)));
  });

  test('is found in a field, which then counts as wrong and is not repeated', () => {
    const line = der.toString('base64');
    const decoded = decodeOne(ambassador('Mapping', `  prefix: /a\n  service: ${line}\n  tls: context\n`));
    expect(findings(decoded)).toEqual([
      '6:12 error CS1027 spec.service holds a private key, and only a Secret may hold one',
    ]);
    expect(decoded.definition?.spec).toEqual({ prefix: '/a', service: '', tls: 'context' });
    expect(JSON.stringify(decoded)).not.toContain(line.slice(0, 12));
  });
});

test.each([
  ['public keys', 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYYJ1Z0NDR0NDR0NDR0NDR0NDR0NDR0NDR0ND'],
  ['certificates', 'MIIBtjCCAVugAwIBAgITBmyf1XSXNmY/Owua2eiedgPySjAKBggqhkjOPQQDAjA5MQswCQYD'],
  ['long names', 'mapping-of-the-shop-in-the-namespace-of-the-shop-in-the-cluster'],
  ['words that begin alike', 'MAPPINGOFTHESHOPINTHENAMESPACEOFTHESHOPINTHECLUSTER'],
])('%s are none', (_what, text) => {
  expect(holdsPrivateKey(text)).toBe(false);
  expect(maskPrivateKeys(text)).toBe(text);
});

test('a definition with a key where it says which requests it takes is not served at all', () => {
  const line = keys['P-256']?.export({ type: 'pkcs8', format: 'der' }).toString('base64');
  const decoded = decodeOne(
    ambassador('Mapping', `  prefix: /a\n  service: s\n  headers: {x: ${line}, "${line}": y}\n`),
  );
  expect(decoded.diagnostics.map(({ code }) => code)).toEqual(['CS1027', 'CS1027']);
  expect(decoded).not.toHaveProperty('definition');
});

test('a key in the place of a name is no name', () => {
  const line = keys['P-256']?.export({ type: 'pkcs8', format: 'der' }).toString('base64');
  const named = decodeOne(
    `apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: ${line}, namespace: ${line}}\nspec: {prefix: /, service: s}\n`,
  );
  expect(named.subject).toEqual({ kind: 'Mapping', namespace: 'default', name: '' });
  expect(named.diagnostics.map(({ code }) => code)).toEqual(['CS1015', 'CS1015']);
  expect(decodeOne(`apiVersion: v1\nkind: ${line}\nmetadata: {name: it}\n`).subject?.kind).toBe('');
});
