import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CertificateAuthority, type Validity } from '../../src/cli/demo/pki';
import { SecretData } from '../../src/model/secret-data';

export { CertificateAuthority, type IssuedCertificate, type LeafRequest } from '../../src/cli/demo/pki';

/** The moment at which tests judge, inside VALIDITY. */
export const AT = new Date('2026-06-15T12:00:00Z');
export const VALIDITY: Validity = {
  notBefore: new Date('2020-01-01T00:00:00Z'),
  notAfter: new Date('2120-01-01T00:00:00Z'),
};
export const EXPIRED: Validity = {
  notBefore: new Date('2020-01-01T00:00:00Z'),
  notAfter: new Date('2021-01-01T00:00:00Z'),
};
export const FUTURE: Validity = {
  notBefore: new Date('2100-01-01T00:00:00Z'),
  notAfter: new Date('2120-01-01T00:00:00Z'),
};

/** A validity that ends so many days after AT. */
export function endingIn(days: number): Validity {
  return { notBefore: VALIDITY.notBefore, notAfter: new Date(AT.getTime() + days * 86_400_000) };
}

/** A life of so many days, of which so many are left. */
export function lasting(days: number, left: number): Validity {
  const notAfter = new Date(AT.getTime() + left * 86_400_000);
  return { notBefore: new Date(notAfter.getTime() - days * 86_400_000), notAfter };
}

export function secretOf(values: Readonly<Record<string, string | Buffer>>): SecretData {
  return new SecretData(new Map(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)])));
}

/** A root of its own, EC unless told otherwise. */
export async function authority(commonName = 'Test CA', key: 'ec' | 'rsa' = 'ec'): Promise<CertificateAuthority> {
  return CertificateAuthority.createRoot({ commonName, key, ...VALIDITY });
}

export function ecKey(namedCurve = 'P-256'): KeyObject {
  return generateKeyPairSync('ec', { namedCurve }).privateKey;
}

export function rsaKey(modulusLength = 2048): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength }).privateKey;
}

export function ed25519Key(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

export function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
