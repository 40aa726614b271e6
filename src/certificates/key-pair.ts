import type { Certificate, ParsedCertificate } from './certificate';
import { nameOf, readCertificates } from './certificate-list';
import { judgeConstraints, judgeKeyMatch, judgeLeaf, judgeOrder, judgeSignatures } from './chain';
import { type Finding, finding, hasError, type Judgement, judged } from './finding';
import { writePem } from './pem';
import { fingerprintOf } from './public-key-info';
import { PrivateKey } from './private-key';
import { parsePrivateKey } from './private-key-pem';
import { CHAIN_KEYS, firstOf, missing, PRIVATE_KEY_KEYS, type SecretValues } from './secret-values';
import { judgeValidity } from './validity';

/** A certificate chain with its private key, ready for Envoy's `tls_certificate`. */
export interface KeyPair {
  /** The chain as PEM, leaf first, written anew: nothing but certificates. */
  readonly chainPem: string;
  readonly privateKey: PrivateKey;
  /** Leaf first; at least one. */
  readonly certificates: readonly Certificate[];
}

/** All of a Secret's judgement that does not depend on the time. */
interface Reading {
  readonly keyPair?: KeyPair;
  readonly findings: readonly Finding[];
  readonly chain: readonly ParsedCertificate[];
  readonly chainKey: string;
}

const readings = new WeakMap<SecretValues, Reading>();

/**
 * Reads and judges the certificate and key of a Secret: `tls.crt` (else `cert-chain.pem`) with `tls.key` (else `key.pem`).
 * Reading is memoised by the identity of `data`: an unchanged Secret gives the same KeyPair object. Only the validity is
 * judged each time, against `at`.
 */
export function readKeyPair(data: SecretValues, at: Date): Judgement<KeyPair> {
  const { chain, chainKey, findings, keyPair } = readingOf(data);
  return judged(keyPair, [...findings, ...judgeChainValidity(chain, chainKey, at)]);
}

/** The same KeyPair whatever its dates: what is served stays served when it expires. Undefined if anything else is wrong with it. */
export function keyPairOf(data: SecretValues): KeyPair | undefined {
  return readingOf(data).keyPair;
}

function readingOf(data: SecretValues): Reading {
  let reading = readings.get(data);
  if (!reading) {
    reading = read(data);
    readings.set(data, reading);
  }
  return reading;
}

function read(data: SecretValues): Reading {
  const chainValue = firstOf(data, CHAIN_KEYS);
  const keyValue = firstOf(data, PRIVATE_KEY_KEYS);
  const chainKey = chainValue?.key ?? CHAIN_KEYS[0];
  const findings: Finding[] = [];
  if (!chainValue) findings.push(finding('CS2001', chainKey, missing(data, CHAIN_KEYS)));
  if (!keyValue) findings.push(finding('CS2002', PRIVATE_KEY_KEYS[0], missing(data, PRIVATE_KEY_KEYS)));

  const list = chainValue && readCertificates(chainValue.value, chainKey);
  const privateKey = keyValue && parsePrivateKey(keyValue.value, keyValue.key);
  findings.push(...(list?.findings ?? []), ...(privateKey?.findings ?? []));

  const chain = list?.certificates ?? [];
  const [leaf, ...issuers] = chain;
  if (list && !leaf && !hasError(list.findings)) {
    findings.push(finding('CS2001', chainKey, `${chainKey} holds no certificate`));
  }
  if (!leaf) return { findings, chain, chainKey };
  const mismatch =
    privateKey?.key && keyValue ? judgeKeyMatch([leaf, ...issuers], chainKey, privateKey.key, keyValue.key) : [];
  findings.push(...mismatch);
  // A key that belongs to a later certificate has already told that the first is not the leaf.
  if (!mismatch.some(({ code }) => code === 'CS2009')) {
    const order = judgeOrder([leaf, ...issuers], chainKey);
    findings.push(...judgeLeaf([leaf, ...issuers], chainKey), ...order);
    if (order.length === 0) findings.push(...judgeConstraints([leaf, ...issuers], chainKey));
  }
  findings.push(...judgeSignatures([leaf, ...issuers], chainKey));
  if (!privateKey?.key || hasError(findings)) return { findings, chain, chainKey };
  const keyPair: KeyPair = {
    chainPem: chain.map(({ x509 }) => writePem('CERTIFICATE', x509.raw)).join(''),
    privateKey: new PrivateKey(
      privateKey.key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      fingerprintOf(leaf.tbs.publicKeyInfo),
    ),
    certificates: chain.map(({ certificate }) => certificate),
  };
  return { keyPair, findings, chain, chainKey };
}

/** A root at the end of a chain is left out: peers use their own copy of it, or refuse the chain whatever its dates. */
function judgeChainValidity(chain: readonly ParsedCertificate[], key: string, at: Date): Finding[] {
  return chain.flatMap((parsed, index) =>
    index > 0 && parsed.certificate.selfSigned
      ? []
      : judgeValidity(parsed.certificate, key, nameOf(key, index, chain.length, parsed), at),
  );
}
