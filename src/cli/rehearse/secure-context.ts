import { createSecureContext, type SecureContext, type SecureVersion } from 'node:tls';
import type { KeyPair } from '../../certificates';
import type { Offer } from '../../rehearsal';

const VERSIONS: Readonly<Record<Offer['minVersion'], SecureVersion>> = {
  'v1.0': 'TLSv1',
  'v1.1': 'TLSv1.1',
  'v1.2': 'TLSv1.2',
  'v1.3': 'TLSv1.3',
};

/** What BoringSSL offers for TLS 1.3, whatever is configured. */
const TLS13_SUITES = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/** What BoringSSL verifies by default. */
const SIGNATURES = [
  'ECDSA+SHA256',
  'RSA-PSS+SHA256',
  'RSA+SHA256',
  'ECDSA+SHA384',
  'RSA-PSS+SHA384',
  'RSA+SHA384',
  'RSA-PSS+SHA512',
  'RSA+SHA512',
  'RSA+SHA1',
];

/** It signs with these too; OpenSSL has one list for both. */
function ownSignature(keyPair: KeyPair | undefined): readonly string[] {
  const { type, curve } = keyPair?.certificates[0]?.publicKey ?? {};
  if (type === 'ed25519') return ['ed25519'];
  return curve === 'secp521r1' ? ['ECDSA+SHA512'] : [];
}

/** The part of Envoy’s client context that Node can have. @throws where the TLS library takes none of the suites or curves */
export function secureContext(offer: Offer, keyPair: KeyPair | undefined): SecureContext {
  return createSecureContext({
    minVersion: VERSIONS[offer.minVersion],
    maxVersion: VERSIONS[offer.maxVersion],
    // Level 0: what BoringSSL refuses is ours to judge, not OpenSSL’s.
    ciphers: [...TLS13_SUITES, ...offer.cipherSuites, '@SECLEVEL=0'].join(':'),
    ecdhCurve: knownCurves(offer.curves).join(':'),
    sigalgs: [...SIGNATURES, ...ownSignature(keyPair)].join(':'),
    // No CA: we judge ourselves, and OpenSSL must not complete our own chain with what it knows.
    ca: [],
    ...(keyPair !== undefined && { cert: keyPair.chainPem, key: keyPair.privateKey.revealPem() }),
  });
}

/** The OpenSSL of an older Node lacks the newest groups (X25519MLKEM768). */
function knownCurves(curves: readonly string[]): readonly string[] {
  const known = curves.filter((curve) => {
    try {
      createSecureContext({ ecdhCurve: curve, ca: [] });
      return true;
    } catch {
      return false;
    }
  });
  return known.length === 0 ? curves : known;
}
