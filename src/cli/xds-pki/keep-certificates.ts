import { X509Certificate } from 'node:crypto';
import type { SubjectAltName } from '../../certificates';
import { CommandFailure } from '../exit-code';
import { CertificateAuthority } from '../demo/pki';
import type { SecretName, SecretStore, StoredSecret } from './secret-store';

/** A certificate of the xDS connection, and the Secret in which it is kept. */
export interface Wanted {
  readonly secret: SecretName;
  readonly commonName: string;
  readonly subjectAltNames: readonly SubjectAltName[];
  readonly usage: 'server' | 'client';
}

export interface Kept {
  readonly secret: SecretName;
  readonly what: 'issued' | 'renewed' | 'still good';
  readonly notAfter: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CA_DAYS = 3650;
const LEAF_DAYS = 90;
/** Of the life of a certificate, what may be left when it is renewed. */
const RENEWAL_SHARE = 1 / 3;
/** Clocks of other machines may be behind. */
const SKEW_MS = 60 * 60 * 1000;
const ATTEMPTS = 5;

/**
 * Makes a CA for the xDS connection, unless there is one, and sees that each certificate of it has a third of its life before it and the
 * names that it should have. Several processes may do so at once.
 *
 * @param caSecret where the CA is kept, with its key: `tls.crt`, `tls.key`
 * @throws CommandFailure where a Secret is another's, or the CA is about to end; Error of the network.
 */
export async function keepCertificates(
  store: SecretStore,
  caSecret: SecretName,
  wanted: readonly Wanted[],
  now: Date,
): Promise<readonly Kept[]> {
  const ca = await keptSecret(store, caSecret, (before) => authority(caSecret, before, now));
  const { 'tls.crt': caPem = '', 'tls.key': caKey = '' } = ca.data;
  const results = [{ secret: caSecret, what: ca.what, notAfter: endOf(caPem) }];
  for (const each of wanted) {
    const kept = await keptSecret(store, each.secret, (before) => leaf(each, before, { caPem, caKey }, now));
    results.push({ secret: each.secret, what: kept.what, notAfter: endOf(kept.data['tls.crt'] ?? '') });
  }
  return results;
}

type Data = Readonly<Record<string, string>>;

/** @param make what belongs into the Secret; undefined: what is there is good. */
async function keptSecret(
  store: SecretStore,
  secret: SecretName,
  make: (before: StoredSecret | undefined) => Promise<Data | undefined>,
): Promise<{ readonly data: Data; readonly what: Kept['what'] }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await store.read(secret);
    const data = await make(before);
    if (data === undefined && before !== undefined) return { data: before.data, what: 'still good' };
    if (before?.own === false)
      throw new CommandFailure(
        `Secret ${shown(secret)} was not made by this command, and is not replaced: delete it, or choose another --name`,
      );
    if (data !== undefined && (await store.write(secret, data, before)))
      return { data, what: before === undefined ? 'issued' : 'renewed' };
  }
  throw new CommandFailure(`Secret ${shown(secret)} is written by others all the time`);
}

async function authority(secret: SecretName, before: StoredSecret | undefined, now: Date): Promise<Data | undefined> {
  if (before !== undefined) {
    const { 'tls.crt': pem, 'tls.key': key } = before.data;
    if (pem === undefined || key === undefined)
      throw new CommandFailure(`Secret ${shown(secret)} holds no CA: delete it`);
    if (endOf(pem).getTime() - now.getTime() < 2 * LEAF_DAYS * DAY_MS)
      throw new CommandFailure(
        `the CA in Secret ${shown(secret)} ends on ${endOf(pem).toISOString()}: delete the Secret, and everything is issued anew at the next run`,
      );
    return undefined;
  }
  const { certificatePem, privateKeyPem } = await CertificateAuthority.createRoot({
    commonName: `Countersign xDS CA ${now.toISOString()}`,
    ...validity(now, CA_DAYS),
  });
  return { 'tls.crt': certificatePem, 'tls.key': privateKeyPem, 'ca.crt': certificatePem };
}

async function leaf(
  { commonName, subjectAltNames, usage }: Wanted,
  before: StoredSecret | undefined,
  { caPem, caKey }: { readonly caPem: string; readonly caKey: string },
  now: Date,
): Promise<Data | undefined> {
  if (before !== undefined && isGood(before.data, subjectAltNames, caPem, now)) return undefined;
  const { subject, validFrom, validTo } = new X509Certificate(caPem);
  const ca = await CertificateAuthority.createRoot({
    commonName: subject.replace(/^CN=/, ''),
    key: { privateKeyPem: caKey },
    notBefore: new Date(validFrom),
    notAfter: new Date(validTo),
  });
  const issued = await ca.issue({ commonName, subjectAltNames, usages: [usage], ...validity(now, LEAF_DAYS) });
  return { 'tls.crt': issued.chainPem, 'tls.key': issued.privateKeyPem, 'ca.crt': caPem };
}

function isGood(data: Data, names: readonly SubjectAltName[], caPem: string, now: Date): boolean {
  const { 'tls.crt': pem, 'tls.key': key, 'ca.crt': ca } = data;
  if (pem === undefined || key === undefined || ca !== caPem) return false;
  try {
    const certificate = new X509Certificate(pem);
    const life = endOf(pem).getTime() - Date.parse(certificate.validFrom);
    const left = endOf(pem).getTime() - now.getTime();
    const written = names.map(({ type, value }) => `${type === 'uri' ? 'URI' : 'DNS'}:${value}`);
    return left > life * RENEWAL_SHARE && certificate.subjectAltName === written.join(', ');
  } catch {
    return false;
  }
}

export function shown({ namespace, name }: SecretName): string {
  return `${namespace}/${name}`;
}

function endOf(pem: string): Date {
  return new Date(new X509Certificate(pem).validTo);
}

function validity(now: Date, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(now.getTime() - SKEW_MS), notAfter: new Date(now.getTime() + days * DAY_MS) };
}
