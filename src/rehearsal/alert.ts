import { isFor } from '../certificates';
import type { Attempt, Verdict } from './attempt';

type Words = (attempt: Attempt, at: Date) => Omit<Verdict, 'outcome'>;

export const ASK = 'ask the upstream’s operator which CA, names and usages it expects';

const unknownCa: Words = ({ presented }) => ({
  reason:
    presented === undefined
      ? 'it says that it does not know our CA, though we presented no certificate'
      : `it does not know the CA of our client certificate: ${presented.subject}, issued by ${presented.issuer}`,
  fix: 'have the certificate issued by a CA that the upstream trusts, or put its intermediate certificates into `tls.crt`',
  about: 'presented',
});

export const badCertificate: Words = (attempt, at) => ({
  ...(suspicion(attempt, at) ?? {
    reason:
      attempt.presented === undefined
        ? 'it demands a client certificate, and we have none'
        : `it does not accept our client certificate ${attempt.presented.subject}, issued by ${attempt.presented.issuer}`,
    fix: ASK,
  }),
  about: 'presented',
});

export const demanded: Words = () => ({
  reason: 'it demands a client certificate, and we have none',
  fix: 'name one: `secret` of the TLSContext',
  about: 'presented',
});

export const nothingShared: Words = ({ offer }) => ({
  reason: `it has no cipher suite, curve or signature algorithm in common with what we offer (${offer.cipherSuites.join(', ')}; ${offer.curves.join(', ')})`,
  fix: 'compare `cipher_suites` and `ecdh_curves` with what the upstream speaks, and the kind of its key',
  about: 'offered',
});

/** By the alert (RFC 8446 §6.2). */
export const ALERTS: Readonly<Record<string, Words>> = {
  unknown_ca: unknownCa,
  bad_certificate: badCertificate,
  certificate_unknown: badCertificate,
  unsupported_certificate: badCertificate,
  decrypt_error: badCertificate,
  certificate_required: demanded,
  illegal_parameter: ({ presented }) => ({
    reason:
      presented?.publicKey.curve === undefined
        ? 'it finds something in our handshake that it does not take (alert illegal_parameter)'
        : `it does not take the key of our client certificate ${presented.subject}, which is of the curve ${presented.publicKey.curve}`,
    fix: 'have the client certificate issued for a key of the curve P-256, or see the log of the upstream',
    about: 'presented',
  }),
  certificate_expired: ({ presented }) => ({
    reason:
      presented === undefined
        ? 'it says that our certificate has expired, though we presented none'
        : `our client certificate ${presented.subject} ends on ${presented.notAfter.toISOString()}, or an issuer of it before`,
    fix: 'renew it',
    about: 'presented',
  }),
  certificate_revoked: ({ presented }) => ({
    reason: `our client certificate ${presented?.subject ?? ''} is revoked there`,
    fix: 'have it issued again',
    about: 'presented',
  }),
  access_denied: ({ presented }) => ({
    reason: `it knows our client certificate ${presented?.subject ?? ''} and does not allow it`,
    fix: 'have it authorised there',
    about: 'presented',
  }),
  unrecognized_name: ({ offer }) => ({
    reason:
      offer.sni === undefined
        ? 'it demands a server name, and we send none'
        : `it does not know the server name ${offer.sni}`,
    fix: 'set `sni` of the TLSContext to a name that it serves',
    about: 'offered',
  }),
  missing_extension: ({ offer }) => ({
    reason:
      offer.sni === undefined
        ? 'it demands a server name, and we send none'
        : 'it misses an extension in our ClientHello',
    fix: 'set `sni` of the TLSContext to a name that it serves',
    about: 'offered',
  }),
  no_application_protocol: ({ offer }) => ({
    reason: `it speaks none of the protocols that we offer by ALPN (${offer.alpnProtocols.join(', ')})`,
    fix: 'correct `alpn_protocols` of the TLSContext, or `grpc` of the Mapping',
    about: 'offered',
  }),
  insufficient_security: nothingShared,
};

/** What is wrong with our certificate by itself, where anything is. */
export function suspicion({ presented }: Attempt, at: Date): Pick<Verdict, 'reason' | 'fix'> | undefined {
  if (presented === undefined) return undefined;
  const { subject, notBefore, notAfter } = presented;
  if (at > notAfter)
    return { reason: `our client certificate ${subject} expired on ${notAfter.toISOString()}`, fix: 'renew it' };
  if (at < notBefore)
    return {
      reason: `our client certificate ${subject} is not valid before ${notBefore.toISOString()}`,
      fix: 'compare the clocks of its CA and of this machine',
    };
  if (!isFor(presented, 'client'))
    return {
      reason: `our client certificate ${subject} is not for a TLS client: its extended key usage lacks clientAuth`,
      fix: 'have it issued with that usage',
    };
  return undefined;
}
