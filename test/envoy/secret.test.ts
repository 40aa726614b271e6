import { inspect } from 'node:util';
import { SYSTEM_TRUST_FILE, secret } from '../../src/envoy/secret';
import { decode, encode } from '../../src/protos';
import { authority, VALIDITY } from '../support/pki';
import { keyPair, trustBundle } from './key-pairs';

const NAME = 'envoy.extensions.transport_sockets.tls.v3.Secret';

test('a key pair reaches the wire, and nothing else', async () => {
  const issued = await (await authority()).issue({ commonName: 'edge', ...VALIDITY });
  const pair = keyPair(issued);
  const message = secret({ type: 'tls_certificate', name: 'default/edge', keyPair: pair, origins: [] });
  const pem = pair.privateKey.revealPem();

  expect(decode(NAME, encode(NAME, message), { revealKeys: true })).toEqual({
    name: 'default/edge',
    tls_certificate: { certificate_chain: { inline_string: pair.chainPem }, private_key: { inline_string: pem } },
  });
  const keyLine = pem.split('\n')[1] ?? '';
  expect(keyLine).toHaveLength(64);
  for (const printed of [
    JSON.stringify(message),
    inspect(message, { depth: null }),
    JSON.stringify(decode(NAME, encode(NAME, message))),
  ]) {
    expect(printed).toContain('default/edge');
    expect(printed).not.toContain(keyLine);
  }
});

test('a trust bundle', async () => {
  const trust = trustBundle((await authority()).certificatePem);
  expect(secret({ type: 'validation_context', name: 'default/ca/ca', trust, origins: [] })).toEqual({
    name: 'default/ca/ca',
    validation_context: { trusted_ca: { inline_string: trust.pem } },
  });
});

test('the trust store of the machine that Envoy runs on', () => {
  expect(secret({ type: 'validation_context', name: 'system/ca', trust: 'system', origins: [] })).toEqual({
    name: 'system/ca',
    validation_context: { trusted_ca: { filename: SYSTEM_TRUST_FILE } },
  });
});
