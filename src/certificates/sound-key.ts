import { createECDH, createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { SUPPORTED_CURVES } from './supported-key';

/**
 * The same private key put together anew from its numbers, or undefined if these contradict each other. OpenSSL takes them
 * on trust and keeps odd structures as they came; BoringSSL, and so Envoy, checks the RSA factors and CRT values, derives
 * an EC key's public point from its scalar, and refuses unknown structure versions. Keys of other kinds than RSA and the
 * supported curves are given back as they are.
 */
export function soundKey(key: KeyObject): KeyObject | undefined {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === 'rsa') {
    const jwk = key.export({ format: 'jwk' });
    return isConsistentRsa(jwk) ? fromJwk(jwk) : undefined;
  }
  if (key.asymmetricKeyType === 'ec' && curve !== undefined && SUPPORTED_CURVES.includes(curve)) {
    const jwk = key.export({ format: 'jwk' });
    return isConsistentEc(jwk, curve) ? fromJwk(jwk) : undefined;
  }
  return key;
}

function fromJwk(key: JsonWebKey): KeyObject {
  return createPrivateKey({ key, format: 'jwk' });
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

/** SEC 1 §3.2.1. */
function isConsistentEc({ d, x, y }: JsonWebKey, curve: string): boolean {
  if (d === undefined || x === undefined || y === undefined) return false;
  const derived = createECDH(curve);
  derived.setPrivateKey(Buffer.from(d, 'base64url'));
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return derived.getPublicKey().equals(point);
}

function integer(value: string | undefined): bigint {
  return value === undefined ? 0n : BigInt(`0x${Buffer.from(value, 'base64url').toString('hex') || '0'}`);
}
