import { createECDH, type JsonWebKey, type KeyObject } from 'node:crypto';

/**
 * Whether a private key's parts agree with each other. OpenSSL takes them on trust when it reads a key, BoringSSL (and so
 * Envoy) does not: it checks the RSA factors and CRT values, and derives an EC key's public point from its scalar.
 */
export function isConsistent(key: KeyObject): boolean {
  if (key.asymmetricKeyType === 'rsa') return isConsistentRsa(key.export({ format: 'jwk' }));
  return key.asymmetricKeyType !== 'ec' || isConsistentEc(key);
}

/** RFC 8017 §3.2. */
function isConsistentRsa(jwk: JsonWebKey): boolean {
  const [n, e, d, p, q, dp, dq, qi] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map(integer);
  if (!n || !e || !d || !p || !q || !dp || !dq || !qi) return false;
  return (
    p * q === n &&
    d < n &&
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    dp === d % (p - 1n) &&
    dq === d % (q - 1n) &&
    qi < p &&
    (qi * q) % p === 1n
  );
}

/** SEC 1 §3.2.1, for the curves that Node exports as JWK; others are refused as unsupported anyway. */
function isConsistentEc(key: KeyObject): boolean {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === undefined || !['prime256v1', 'secp384r1', 'secp521r1'].includes(curve)) return true;
  const { d, x, y } = key.export({ format: 'jwk' });
  if (d === undefined || x === undefined || y === undefined) return false;
  const derived = createECDH(curve);
  derived.setPrivateKey(Buffer.from(d, 'base64url'));
  return derived
    .getPublicKey()
    .equals(Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]));
}

function integer(value: string | undefined): bigint {
  return value === undefined ? 0n : BigInt(`0x${Buffer.from(value, 'base64url').toString('hex') || '0'}`);
}
