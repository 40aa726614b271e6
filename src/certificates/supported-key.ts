import type { KeyObject } from 'node:crypto';

export const SUPPORTED_CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * Why Envoy refuses a certificate with this public key, as the end of a sentence; undefined if it accepts it. The bounds
 * are those of Envoy's TLS context (RSA from 2048 bits, P-256, P-384, P-521) and of BoringSSL (RSA up to 8192 bits).
 */
export function unsupported(key: KeyObject | undefined): string | undefined {
  const details = key?.asymmetricKeyDetails;
  const type: string = key?.asymmetricKeyType ?? 'unknown';
  switch (type) {
    case 'rsa': {
      const bits = details?.modulusLength ?? 0;
      const exponent = details?.publicExponent ?? 0n;
      if (bits < 2048) return `has an RSA key of ${bits} bits; Envoy needs at least 2048`;
      if (bits > 8192) return `has an RSA key of ${bits} bits; Envoy reads at most 8192`;
      return exponent > 2n && exponent < 1n << 33n ? undefined : 'has an RSA key with an unusual public exponent';
    }
    case 'ec':
      if (details?.namedCurve !== undefined && SUPPORTED_CURVES.includes(details.namedCurve)) return undefined;
      return `has an EC key on ${details?.namedCurve ?? 'a curve without a name'}; Envoy knows P-256, P-384 and P-521`;
    case 'ed25519':
      return undefined;
    default:
      return `has a key of type ${type}; Envoy knows RSA and EC`;
  }
}

/**
 * Why Envoy serves a certificate with this key but no other Envoy accepts it from a peer, as the end of a sentence: the
 * signature algorithms that BoringSSL offers leave it out, so a handshake between two Envoys fails.
 */
export function refusedByPeers(key: KeyObject | undefined): string | undefined {
  if (key?.asymmetricKeyType === 'ed25519')
    return 'has an Ed25519 key, which Envoy serves but does not accept from a peer';
  if (key?.asymmetricKeyDetails?.namedCurve !== 'secp521r1') return undefined;
  return 'has a P-521 key, which Envoy serves but does not accept from a peer';
}
