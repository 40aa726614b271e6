import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { issueLeaf, rootCa } from '../support/issuance';
import { keyForms } from './key-forms';
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
  const traces = new KeyTraces();
  traces.addKey('it', pem);

  test.each(Object.entries(keyForms(key)))('are found in %s', (_form, output) => {
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

test('a number that anybody could write is no trace', () => {
  const traces = new KeyTraces();
  traces.addBytes('one', Buffer.concat([Buffer.alloc(31), Buffer.of(1)]));
  expect(traces.findIn(`${'0'.repeat(64)} ${'A'.repeat(44)} ${'\0'.repeat(32)}`)).toEqual([]);
});
