import { verify } from 'node:crypto';
import { asn1 } from 'node-forge';
import type { ParsedCertificate } from './certificate';
import { bitString, bytes, children, encoded, integer, isContext, oidOf, parse } from './der';

/** What Countersign knows about a certificate revocation list (RFC 5280 §5). */
export interface RevocationList {
  /** The name of whoever issued it, DER as latin1. */
  readonly issuer: string;
  /** Which of its keys signed it, if the list says so (RFC 5280 §5.2.1), DER as latin1. */
  readonly authorityKey?: string;
  readonly thisUpdate: Date;
  /** Absent where the issuer promises no next one; Envoy then takes the list for ever. */
  readonly nextUpdate?: Date;
  /** Serial numbers of the certificates that it revokes, hexadecimal without leading zeros. */
  readonly revoked: ReadonlySet<string>;
  readonly der: Buffer;
  /** The signed part, as latin1. */
  readonly signed: string;
  readonly signature: string;
  /** Digest of the signature; `null` for those that have their own (Ed25519), undefined for one that is not known here. */
  readonly digest: string | null | undefined;
}

const DIGESTS: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
};

const AUTHORITY_KEY = '2.5.29.35';

/** Reads one DER list; undefined if it is not well-formed. */
export function parseRevocationList(der: Buffer): RevocationList | undefined {
  try {
    const [tbs, algorithm, signature] = children(parse(der.toString('latin1')));
    const fields = children(tbs);
    const versioned = fields[0]?.type === asn1.Type.INTEGER;
    if (versioned && integer(fields[0]) !== 1) return undefined;
    const [inner, issuer, thisUpdate, ...rest] = fields.slice(versioned ? 1 : 0);
    if (oidOf(children(inner)[0]) !== oidOf(children(algorithm)[0])) return undefined;
    children(issuer);
    const [next] = rest;
    const nextUpdate = next !== undefined && isTime(next) ? timeOf(next) : undefined;
    const tail = rest.slice(nextUpdate === undefined ? 0 : 1);
    const entries = tail.filter((field) => !isContext(field, 0)).flatMap(children);
    if (!entries.every(isEntry) || !tail.filter((field) => isContext(field, 0)).every(hasExtensions)) return undefined;
    const authorityKey = authorityKeyOf(tail.find((field) => isContext(field, 0)));
    return {
      issuer: encoded(issuer),
      ...(authorityKey !== undefined && { authorityKey }),
      thisUpdate: timeOf(thisUpdate),
      ...(nextUpdate !== undefined && { nextUpdate }),
      revoked: new Set(entries.map((entry) => serialOf(bytes(children(entry)[0], asn1.Type.INTEGER)))),
      der,
      signed: encoded(tbs),
      signature: bitString(signature).slice(1),
      digest: DIGESTS[oidOf(children(algorithm)[0])],
    };
  } catch {
    return undefined;
  }
}

/** Whether the CA signed the list. True where the algorithm of the signature is none of the usual ones: Envoy will say. */
export function isSignedBy(list: RevocationList, { key }: ParsedCertificate): boolean {
  if (list.digest === undefined) return true;
  if (key === undefined) return false;
  try {
    return verify(list.digest, Buffer.from(list.signed, 'latin1'), key, Buffer.from(list.signature, 'latin1'));
  } catch {
    return false;
  }
}

function serialOf(octets: string): string {
  return withoutZeros(Buffer.from(octets, 'latin1').toString('hex'));
}

function withoutZeros(hex: string): string {
  return hex.replace(/^0+/, '');
}

/** BoringSSL takes no empty list of extensions. */
function isEntry(entry: asn1.Asn1): boolean {
  const [serial, date, extensions, ...more] = children(entry);
  if (serial?.type !== asn1.Type.INTEGER || date === undefined || !isTime(date) || more.length > 0) return false;
  return extensions === undefined || children(extensions).length > 0;
}

function authorityKeyOf(wrapper: asn1.Asn1 | undefined): string | undefined {
  if (wrapper === undefined) return undefined;
  const extension = children(children(wrapper)[0]).find((each) => oidOf(children(each)[0]) === AUTHORITY_KEY);
  return extension && encoded(extension);
}

function hasExtensions(wrapper: asn1.Asn1): boolean {
  return children(children(wrapper)[0]).length > 0;
}

/** Whether the list names that serial number, hexadecimal. */
export function revokes({ revoked }: RevocationList, serial: string): boolean {
  return revoked.has(withoutZeros(serial));
}

function isTime(value: asn1.Asn1): boolean {
  return (
    value.tagClass === asn1.Class.UNIVERSAL &&
    (value.type === asn1.Type.UTCTIME || value.type === asn1.Type.GENERALIZEDTIME)
  );
}

/** The two forms that RFC 5280 §5.1.2.4 allows; years of two digits are 1950 to 2049. */
function timeOf(value: asn1.Asn1 | undefined): Date {
  const utc = value?.type === asn1.Type.UTCTIME;
  const text = bytes(value, utc ? asn1.Type.UTCTIME : asn1.Type.GENERALIZEDTIME);
  const [, year = '', month, day, hour, minute, second] =
    (utc ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/).exec(text) ?? [];
  const century = utc ? (Number(year) < 50 ? '20' : '19') : '';
  const date = new Date(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(date.getTime())) throw new Error('not a time');
  return date;
}
