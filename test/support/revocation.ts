// @peculiar/x509 resolves its parts through Reflect metadata, which must be there before it loads.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { X509Certificate, X509CrlGenerator, X509CrlReason } from '@peculiar/x509';
import type { Validity } from '../../src/cli/demo/pki';

/** What is needed of a CA: PEM. */
export interface Issuer {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/**
 * A revocation list in PEM.
 *
 * @param serials of the revoked certificates, hexadecimal
 * @param validity from thisUpdate to nextUpdate
 */
export async function revocationList(
  { certificatePem, privateKeyPem }: Issuer,
  serials: readonly string[],
  { notBefore, notAfter }: Validity,
): Promise<string> {
  const key = createPrivateKey(privateKeyPem);
  const algorithm =
    key.asymmetricKeyType === 'rsa'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' };
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const crl = await X509CrlGenerator.create(
    {
      issuer: new X509Certificate(certificatePem).subject,
      thisUpdate: notBefore,
      nextUpdate: notAfter,
      entries: serials.map((serialNumber) => ({
        serialNumber,
        revocationDate: notBefore,
        // Without a reason, an empty list of extensions is written, which BoringSSL refuses.
        reason: X509CrlReason.keyCompromise,
      })),
      signingAlgorithm: algorithm,
      signingKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    },
    webcrypto,
  );
  return `${crl.toString('pem').replaceAll(' CRL-', ' X509 CRL-')}\n`;
}
