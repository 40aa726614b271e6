import type { Certificate, ParsedCertificate } from './certificate';
import { nameOf, readCertificates } from './certificate-list';
import { type Finding, finding, hasError, type Judgement, judged } from './finding';
import { writePem } from './pem';
import { CA_KEYS, type CaRole, firstOf, missing, OWN_CA_KEYS, type SecretValues } from './secret-values';
import { judgeValidity, validityOf } from './validity';

/** CA certificates that peers are verified against, ready for Envoy's `validation_context`. */
export interface TrustBundle {
  /** The certificates as PEM in the order of the Secret, each once, written anew: nothing but certificates. */
  readonly pem: string;
  /** At least one. */
  readonly certificates: readonly Certificate[];
}

/** All of a bundle's judgement that does not depend on the time. */
interface Reading {
  readonly bundle?: TrustBundle;
  readonly findings: readonly Finding[];
  readonly certificates: readonly ParsedCertificate[];
  readonly key: string;
}

const readings: Readonly<Record<CaRole, WeakMap<SecretValues, Reading>>> = {
  declared: new WeakMap(),
  own: new WeakMap(),
};

/**
 * Reads and judges the CA certificates of a Secret, looked up by `role`. Reading is memoised by the identity of `data`: an
 * unchanged Secret gives the same TrustBundle object. Only the validity is judged each time, against `at`.
 */
export function readTrustBundle(data: SecretValues, at: Date, role: CaRole = 'declared'): Judgement<TrustBundle> {
  return judge(readingOf(data, role), at);
}

/** The same TrustBundle whatever its dates: what is served stays served when it expires. Undefined if anything else is wrong with it. */
export function trustBundleOf(data: SecretValues, role: CaRole): TrustBundle | undefined {
  return readingOf(data, role).bundle;
}

/**
 * The CAs of several Secrets as one bundle, each certificate once. Undefined if one of them cannot be used. Of one Secret alone, the
 * same object as `trustBundleOf`.
 */
export function joinedTrustBundle(all: readonly SecretValues[], role: CaRole): TrustBundle | undefined {
  const [first, ...others] = all;
  if (first === undefined) return undefined;
  if (others.length === 0) return trustBundleOf(first, role);
  const joined = new Map<string, ParsedCertificate>();
  for (const data of all) {
    const { bundle, certificates } = readingOf(data, role);
    if (bundle === undefined) return undefined;
    for (const parsed of certificates) joined.set(parsed.certificate.fingerprint, parsed);
  }
  return bundleOf([...joined.values()]);
}

/** The certificates of a bundle that was read without error, for checks in this room. */
export function anchorsOf(data: SecretValues, role: CaRole): readonly ParsedCertificate[] {
  return readingOf(data, role).certificates;
}

function readingOf(data: SecretValues, role: CaRole): Reading {
  let reading = readings[role].get(data);
  if (!reading) {
    reading = read(data, role === 'own' ? OWN_CA_KEYS : CA_KEYS);
    readings[role].set(data, reading);
  }
  return reading;
}

function read(data: SecretValues, keys: readonly string[]): Reading {
  const entry = firstOf(data, keys);
  if (!entry) return { findings: [finding('CS2016', 'ca.crt', missing(data, keys))], certificates: [], key: 'ca.crt' };
  const { key, value } = entry;
  const { certificates: all, findings: readFindings } = readCertificates(value, key);
  const findings = [...readFindings];
  if (all.length === 0 && !hasError(findings)) findings.push(finding('CS2016', key, `${key} holds no certificate`));
  const seen = new Map<string, number>();
  for (const [index, parsed] of all.entries()) {
    const { fingerprint } = parsed.certificate;
    const first = seen.get(fingerprint);
    const name = nameOf(key, index, all.length, parsed);
    if (first !== undefined) findings.push(finding('CS2019', key, `${name} is the same as certificate ${first + 1}`));
    else {
      seen.set(fingerprint, index);
      findings.push(...judgeAnchor(parsed, key, name));
    }
  }
  if (all.length === 0 || hasError(findings)) return { findings, certificates: all, key };
  const certificates = all.filter(({ certificate }, index) => seen.get(certificate.fingerprint) === index);
  return { bundle: bundleOf(certificates), findings, certificates, key };
}

function bundleOf(certificates: readonly ParsedCertificate[]): TrustBundle {
  return {
    pem: certificates.map(({ x509 }) => writePem('CERTIFICATE', x509.raw)).join(''),
    certificates: certificates.map(({ certificate }) => certificate),
  };
}

/**
 * An intermediate CA is as good as a root: Envoy verifies partial chains. A self-signed certificate without a CA flag, of
 * version 1 or pinned by its owner, works too and is only warned about. Envoy takes *any* certificate of the bundle for an
 * issuer, so a leaf that someone else issued would let the holder of its key issue certificates: that is refused.
 */
function judgeAnchor({ certificate, key: publicKey }: ParsedCertificate, key: string, name: string): Finding[] {
  if (!publicKey) return [finding('CS2008', key, `${name} has a key of an unknown kind`)];
  if (certificate.isCa) return [];
  return certificate.selfSigned
    ? [finding('CS2017', key, `${name} is self-signed but not marked as a CA`, { severity: 'warning' })]
    : [finding('CS2017', key, `${name} is not a CA`)];
}

/** A bundle works as long as one CA in it is valid; the others are reported as warnings. */
function judge({ bundle, findings, certificates, key }: Reading, at: Date): Judgement<TrustBundle> {
  const someValid = certificates.some(({ certificate }) => validityOf(certificate, at) === 'valid');
  const validity = certificates.flatMap((parsed, index) => {
    const name = nameOf(key, index, certificates.length, parsed);
    const judged = judgeValidity(parsed.certificate, key, name, at);
    if (!someValid) return judged;
    return judged.map((found) => {
      if (found.code === 'CS2011') return finding('CS2018', key, found.message);
      return { ...found, severity: 'warning' as const };
    });
  });
  return judged(bundle, [...findings, ...validity]);
}
