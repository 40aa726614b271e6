import { type Finding, finding, hasError, type Judgement, judged } from './finding';
import { readPem, writePem } from './pem';
import { isSignedBy, parseRevocationList, type RevocationList } from './revocation-list';
import { type CaRole, CRL_KEYS, firstOf, missing, type SecretValues } from './secret-values';
import { anchorsOf } from './trust-bundle';
import { DAY, day, isUsed, SKEW } from './validity';

/** Certificate revocation lists, ready for Envoy's `validation_context.crl`. */
export interface Revocation {
  /** PEM of the lists in the order of the Secret, the newest of each issuer: nothing but lists. */
  readonly pem: string;
  readonly lists: readonly RevocationList[];
}

interface Reading {
  readonly revocation?: Revocation;
  readonly findings: readonly Finding[];
  readonly key: string;
}

const LABEL = 'X509 CRL';
/** Milliseconds before a list runs out at which the warning starts, once this share of its life is over. */
const NOTICE = 7 * DAY;
const NOTICE_USED = 0.8;
const readings = new WeakMap<SecretValues, Reading>();

/**
 * Reads and judges the revocation lists of a Secret: `crl.pem`, else `user.key`, as in Ambassador. Envoy takes a text without a single
 * list for one that revokes nothing, so that is an error here. Only the dates are judged each time, against `at`.
 */
export function readRevocation(data: SecretValues, at: Date): Judgement<Revocation> {
  const { revocation, findings, key } = readingOf(data);
  const dates = (revocation?.lists ?? []).flatMap((list) => judgeDates(list, key, at));
  return judged(revocation, [...findings, ...dates]);
}

/** The same lists whatever their dates: what is served stays served when it runs out. */
export function revocationOf(data: SecretValues): Revocation | undefined {
  return readingOf(data).revocation;
}

/**
 * Whether lists and CAs fit: Envoy refuses every certificate whose issuer has no list, and every list that its issuer did not sign.
 * Both must have been read without error.
 */
export function judgeRevocation(cas: readonly SecretValues[], role: CaRole, data: SecretValues): readonly Finding[] {
  const { revocation, key } = readingOf(data);
  if (revocation === undefined) return [];
  const unlisted: string[] = [];
  const anchors = cas.flatMap((ca) => anchorsOf(ca, role));
  const findings = anchors.flatMap((anchor): Finding[] => {
    const { subject } = anchor.certificate;
    const lists = revocation.lists.filter(({ issuer }) => issuer === anchor.tbs.subject);
    if (lists.length === 0) {
      unlisted.push(subject);
      return [];
    }
    if (!anchor.tbs.maySignRevocationLists)
      return [finding('CS4019', key, `the CA ${subject} may not sign revocation lists: its key usage lacks cRLSign`)];
    // One that changes its key is there twice, under one name.
    const namesakes = anchors.filter((other) => other.tbs.subject === anchor.tbs.subject);
    return lists.every((list) => namesakes.some((other) => isSignedBy(list, other)))
      ? []
      : [finding('CS4019', key, `the revocation list of ${subject} is not signed by that CA`)];
  });
  if (unlisted.length === anchors.length)
    return [finding('CS4019', key, `none of the revocation lists is of a CA in the bundle (${unlisted.join('; ')})`)];
  const warnings = unlisted.map((subject) =>
    finding('CS4019', key, `the CA ${subject} has no revocation list: every certificate that it issued is refused`, {
      severity: 'warning',
    }),
  );
  return [...findings, ...warnings];
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
  const entry = firstOf(data, CRL_KEYS);
  if (!entry) return { findings: [finding('CS2023', 'crl.pem', missing(data, CRL_KEYS))], key: 'crl.pem' };
  const { key, value } = entry;
  const pem = readPem(value);
  if (pem.problem !== undefined) return { findings: [finding('CS2003', key, `${key} ${pem.problem}`)], key };
  const blocks = pem.blocks.filter(({ label }) => label === LABEL);
  if (blocks.length === 0) return { findings: [finding('CS2023', key, `${key} holds no revocation list`)], key };
  const findings: Finding[] = [];
  const newest = new Map<string, RevocationList>();
  for (const [index, { der }] of blocks.entries()) {
    const list = parseRevocationList(der);
    const name = `revocation list ${index + 1} of ${blocks.length} in ${key}`;
    if (list === undefined) {
      findings.push(finding('CS2005', key, `${name} is not a well-formed revocation list`));
      continue;
    }
    // A CA that changes its key has a list of each for a while.
    const signer = `${list.issuer}${list.authorityKey ?? ''}`;
    const known = newest.get(signer);
    if (known !== undefined) findings.push(finding('CS2025', key, `${name} is of an issuer that has one already`));
    if (known === undefined || known.thisUpdate.getTime() <= list.thisUpdate.getTime()) newest.set(signer, list);
  }
  if (blocks.length < pem.blocks.length)
    findings.push(finding('CS2015', key, `${key} holds more than revocation lists`));
  if (hasError(findings)) return { findings, key };
  const lists = [...newest.values()];
  return { revocation: { pem: lists.map(({ der }) => writePem(LABEL, der)).join(''), lists }, findings, key };
}

/** Envoy refuses everybody whose issuer's list is out of date. */
function judgeDates({ thisUpdate, nextUpdate }: RevocationList, key: string, at: Date): Finding[] {
  if (at.getTime() < thisUpdate.getTime() - SKEW)
    return [finding('CS2024', key, `the revocation list in ${key} is not valid before ${day(thisUpdate)}`)];
  if (nextUpdate === undefined) return [];
  if (at.getTime() > nextUpdate.getTime() + SKEW)
    return [finding('CS2024', key, `the revocation list in ${key} ran out on ${day(nextUpdate)}`)];
  if (nextUpdate.getTime() - at.getTime() > NOTICE || !isUsed(NOTICE_USED, thisUpdate, nextUpdate, at)) return [];
  const message = `the revocation list in ${key} runs out on ${day(nextUpdate)}, and a CA has its next one ready before`;
  return [finding('CS2024', key, message, { severity: 'warning' })];
}
