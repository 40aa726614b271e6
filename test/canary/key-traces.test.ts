import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { issueLeaf, rootCa } from '../support/issuance';
import { KeyTraces } from './key-traces';

// A scan that finds nothing proves nothing unless it is known to find.

const PEM = { type: 'pkcs8', format: 'pem' } as const;
const keys = {
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
};

describe.each(['ec', 'rsa'] as const)('the traces of a key (%s)', (kind) => {
  const key = keys[kind];
  const pem = key.export(PEM).toString();
  const der = key.export({ type: 'pkcs8', format: 'der' });
  const body = pem.replaceAll(/-----[^-]+-----|\n/g, '');
  const traces = new KeyTraces();
  traces.addKey('it', pem);
  const traditional =
    kind === 'ec' ? key.export({ type: 'sec1', format: 'pem' }) : key.export({ type: 'pkcs1', format: 'pem' });

  test.each<[string, string | Buffer]>([
    ['its PEM', pem],
    ['its PEM in the structure of its kind', traditional.toString()],
    ['its PEM indented, as in YAML', pem.replaceAll(/^/gm, '      ')],
    ['its PEM in JSON', JSON.stringify({ key: pem })],
    ['its PEM in JSON in JSON', JSON.stringify(JSON.stringify({ key: pem }))],
    ['its PEM on other lines', body.replaceAll(/.{17}/g, '$&\r\n')],
    ['some lines of its PEM', pem.split('\n').slice(2, -2).join('\n')],
    ['its PEM in the data of a Secret', Buffer.from(pem).toString('base64')],
    ['its PEM and more in the data of a Secret', Buffer.from(`x${pem}`).toString('base64')],
    ['base64 of its bytes', der.toString('base64')],
    ['base64 that began one byte earlier', Buffer.concat([Buffer.from('x'), der]).toString('base64')],
    ['base64 that began two bytes earlier', Buffer.concat([Buffer.from('xy'), der]).toString('base64')],
    ['base64url', der.toString('base64url')],
    ['hexadecimal', der.toString('hex')],
    ['hexadecimal as OpenSSL prints it', der.toString('hex').replaceAll(/../g, '$&:')],
    ['hexadecimal in capitals', der.toString('hex').toUpperCase()],
    ['a Buffer inspected', inspect(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url'))],
    ['an array inspected', inspect(new Uint8Array(der), { maxArrayLength: null })],
    ['a Buffer in JSON', JSON.stringify(der)],
    ['a JWK', JSON.stringify(key.export({ format: 'jwk' }))],
    ['its bytes', der],
    ['its bytes in text', der.toString('latin1')],
    ['its bytes as text, encoded', Buffer.from(der.toString('latin1'))],
    [
      'octal escapes',
      der.toString('hex').replaceAll(/../g, (hex) => `\\${Number.parseInt(hex, 16).toString(8).padStart(3, '0')}`),
    ],
  ])('are found in %s', (_form, output) => {
    expect(traces.findIn(output)).not.toEqual([]);
    const around = 'nothing to see here\n'.repeat(3);
    const amid = typeof output === 'string' ? around + output + around : Buffer.concat([Buffer.from(around), output]);
    expect(traces.findIn(amid)).not.toEqual([]);
  });

  test('are not found in what is public, nor in another key', async () => {
    const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
    const leaf = await issueLeaf(await rootCa(), { name: 'it', key: { privateKeyPem: pem } });
    const other = keys[kind === 'ec' ? 'rsa' : 'ec'].export(PEM).toString();
    for (const output of [publicKey, leaf.chainPem, other, JSON.stringify(createPrivateKey(pem))])
      expect(traces.findIn(output)).toEqual([]);
  });
});
