import { type KeyPair, readKeyPair, readTrustBundle, type TrustBundle } from '../../src/certificates';
import type { IssuedCertificate } from '../support/pki';
import { AT, secretOf } from '../support/pki';

export function keyPair({ chainPem, privateKeyPem }: IssuedCertificate): KeyPair {
  const { value, findings } = readKeyPair(secretOf({ 'tls.crt': chainPem, 'tls.key': privateKeyPem }), AT);
  if (value === undefined) throw new Error(`no key pair: ${JSON.stringify(findings)}`);
  return value;
}

export function trustBundle(pem: string): TrustBundle {
  const { value, findings } = readTrustBundle(secretOf({ 'ca.crt': pem }), AT);
  if (value === undefined) throw new Error(`no trust bundle: ${JSON.stringify(findings)}`);
  return value;
}
