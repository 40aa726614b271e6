import { asn1 } from 'node-forge';
import { type NameConstraints, readNameConstraints } from './name-constraints';
import { bitString, bytes, children, encoded, integer, isContext, oidOf, parse, tagNumber } from './der';

export interface SubjectAltName {
  readonly type: 'dns' | 'uri' | 'ip' | 'email';
  readonly value: string;
}

/** What `X509Certificate` of Node 20 does not tell about a certificate (RFC 5280 §4.1). */
export interface Tbs {
  readonly version: number;
  readonly signatureAlgorithm: string;
  readonly subjectAltNames: readonly SubjectAltName[];
  /** The name, DER as latin1. */
  readonly subject: string;
  readonly hasCommonName: boolean;
  /** False if a key usage extension lacks `digitalSignature`, which TLS needs. */
  readonly maySignHandshakes: boolean;
  /** False if a key usage extension lacks `keyEncipherment`, which key exchange by RSA needs. */
  readonly mayEncipherKeys: boolean;
  /** False if a key usage extension lacks `keyCertSign`. */
  readonly maySignCertificates: boolean;
  /** False if a key usage extension lacks `cRLSign`. */
  readonly maySignRevocationLists: boolean;
  /** How many CAs may follow below this one (RFC 5280 §4.2.1.9); undefined: any number. */
  readonly pathLength?: number;
  readonly nameConstraints?: NameConstraints;
  /** The OCSP "must staple" feature (RFC 7633). */
  readonly mustStaple: boolean;
  /** The SubjectPublicKeyInfo, DER as latin1. */
  readonly publicKeyInfo: string;
}

const SIGNATURE_ALGORITHMS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'md2WithRSAEncryption',
  '1.2.840.113549.1.1.4': 'md5WithRSAEncryption',
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.3.14.3.2.29': 'sha1WithRSAEncryption',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  '1.2.840.10040.4.3': 'dsa-with-SHA1',
  '1.2.840.10045.4.1': 'ecdsa-with-SHA1',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '1.3.101.112': 'Ed25519',
};
const RSASSA_PSS = '1.2.840.113549.1.1.10';
/** Hash algorithms of RSASSA-PSS-params; absent means SHA-1 (RFC 4055 §3.1). */
const PSS_HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'rsassaPss-SHA256',
  '2.16.840.1.101.3.4.2.2': 'rsassaPss-SHA384',
  '2.16.840.1.101.3.4.2.3': 'rsassaPss-SHA512',
};

const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const NAME_CONSTRAINTS = '2.5.29.30';
const SUBJECT_ALT_NAME = '2.5.29.17';
const TLS_FEATURE = '1.3.6.1.5.5.7.1.24';
const STATUS_REQUEST = 5;
const COMMON_NAME = '2.5.4.3';
const DIGITAL_SIGNATURE = 0x80;
const KEY_ENCIPHERMENT = 0x20;
const KEY_CERT_SIGN = 0x04;
const CRL_SIGN = 0x02;

/**
 * Reads the parts of a DER certificate; undefined if it is not well-formed, by the stricter rules of BoringSSL: OpenSSL lets
 * pass BER forms, versions that do not exist and extensions before version 3. Only the ASN.1 reader of node-forge is
 * used, which knows nothing of key types.
 */
export function readTbs(der: Buffer): Tbs | undefined {
  try {
    const certificate = parse(der.toString('latin1'));
    const [tbs, signature] = children(certificate);
    const fields = children(tbs);
    const first = fields[0];
    const version = first && isContext(first, 0) ? integer(children(first)[0]) + 1 : 1;
    const [issuer, validity, subject, publicKeyInfo] = fields.slice(version === 1 ? 2 : 3);
    const wrapper = fields.find((field) => isContext(field, 3));
    if (version > 3 || (wrapper && version < 3) || !children(validity).every(isTime)) return undefined;
    attributes(issuer);
    const extensions = readExtensions(wrapper);
    const basicConstraints = extensions.get(BASIC_CONSTRAINTS);
    const pathLength = basicConstraints === undefined ? undefined : pathLengthOf(basicConstraints);
    const nameConstraints = extensions.get(NAME_CONSTRAINTS);
    const keyUsage = extensions.get(KEY_USAGE);
    const features = extensions.get(TLS_FEATURE);
    return {
      version,
      publicKeyInfo: encoded(publicKeyInfo),
      signatureAlgorithm: signatureName(signature),
      subjectAltNames: subjectAltNames(extensions.get(SUBJECT_ALT_NAME)),
      subject: encoded(subject),
      hasCommonName: attributes(subject).includes(COMMON_NAME),
      maySignHandshakes: keyUsage === undefined || hasUsage(keyUsage, DIGITAL_SIGNATURE),
      mayEncipherKeys: keyUsage === undefined || hasUsage(keyUsage, KEY_ENCIPHERMENT),
      maySignCertificates: keyUsage === undefined || hasUsage(keyUsage, KEY_CERT_SIGN),
      maySignRevocationLists: keyUsage === undefined || hasUsage(keyUsage, CRL_SIGN),
      ...(pathLength !== undefined && { pathLength }),
      ...(nameConstraints !== undefined && { nameConstraints: readNameConstraints(nameConstraints) }),
      mustStaple:
        features !== undefined && children(parse(features)).some((feature) => integer(feature) === STATUS_REQUEST),
    };
  } catch {
    return undefined;
  }
}

function pathLengthOf(basicConstraints: string): number | undefined {
  const length = children(parse(basicConstraints)).find(
    ({ tagClass, type }) => tagClass === asn1.Class.UNIVERSAL && type === asn1.Type.INTEGER,
  );
  return length === undefined ? undefined : integer(length);
}

const IA5_NAMES: Readonly<Record<number, SubjectAltName['type']>> = { 1: 'email', 2: 'dns', 6: 'uri' };

/** The string types of name attributes (RFC 5280 §4.1.2.4): UTF8, Numeric, Printable, Teletex, IA5, Universal, BMP, and BIT STRING for unique identifiers. */
const NAME_STRINGS: ReadonlySet<number> = new Set([3, 12, 18, 19, 20, 22, 28, 30]);

/** The OIDs of a name's attributes. */
function attributes(name: asn1.Asn1 | undefined): string[] {
  return children(name).flatMap((set) =>
    children(set).map((attribute) => {
      const [oid, value] = children(attribute);
      if (value?.tagClass !== asn1.Class.UNIVERSAL || !NAME_STRINGS.has(value.type)) throw new Error('not a name');
      return oidOf(oid);
    }),
  );
}

function readExtensions(wrapper: asn1.Asn1 | undefined): Map<string, string> {
  const extensions = new Map<string, string>();
  if (!wrapper) return extensions;
  for (const extension of children(children(wrapper)[0])) {
    const parts = children(extension);
    const oid = oidOf(parts[0]);
    if (extensions.has(oid)) throw new Error('an extension appears twice');
    extensions.set(oid, bytes(parts.at(-1), asn1.Type.OCTETSTRING));
  }
  return extensions;
}

/** GeneralNames (RFC 5280 §4.2.1.6). Other names, X.400 addresses, directory names, EDI parties and registered IDs are left out. */
function subjectAltNames(extension: string | undefined): SubjectAltName[] {
  if (extension === undefined) return [];
  return children(parse(extension)).flatMap((name): SubjectAltName[] => {
    const tag = tagNumber(name);
    if (name.tagClass !== asn1.Class.CONTEXT_SPECIFIC || tag > 8) throw new Error('not a GeneralName');
    if (name.constructed !== [0, 3, 4, 5].includes(tag)) throw new Error('a GeneralName of the wrong form');
    const type = IA5_NAMES[tag];
    if (typeof name.value !== 'string') return [];
    if (tag === 7) return [{ type: 'ip', value: addressOf(name.value) }];
    if (type === undefined) return [];
    if (!/^[\x20-\x7e]*$/.test(name.value)) throw new Error('not an IA5String');
    return [{ type, value: name.value }];
  });
}

/** Whether a KeyUsage has a bit of its first octet (RFC 5280 §4.2.1.3). The octet before it counts the unused bits, which are zero. */
function hasUsage(keyUsage: string, bit: number): boolean {
  const octets = bitString(parse(keyUsage));
  const unused = octets.charCodeAt(0);
  if (octets.length < 2 || unused > 7 || (octets.charCodeAt(octets.length - 1) & ((1 << unused) - 1)) !== 0) {
    throw new Error('not a BIT STRING of DER');
  }
  return (octets.charCodeAt(1) & bit) !== 0;
}

function signatureName(algorithm: asn1.Asn1 | undefined): string {
  const [identifier, parameters] = children(algorithm);
  const oid = oidOf(identifier);
  if (oid !== RSASSA_PSS) return SIGNATURE_ALGORITHMS[oid] ?? oid;
  const hash = parameters && children(parameters).find((parameter) => isContext(parameter, 0));
  const hashOid = hash && oidOf(children(children(hash)[0])[0]);
  return (hashOid !== undefined && PSS_HASHES[hashOid]) || 'rsassaPss-SHA1';
}

/** The two forms that DER allows (RFC 5280 §4.1.2.5). */
function isTime(value: asn1.Asn1): boolean {
  const { UTCTIME, GENERALIZEDTIME } = asn1.Type;
  return value.type === UTCTIME
    ? /^\d{12}Z$/.test(bytes(value, UTCTIME))
    : /^\d{14}Z$/.test(bytes(value, GENERALIZEDTIME));
}

/** 4 or 16 bytes in network order (RFC 5280 §4.2.1.6), as text; IPv6 as RFC 5952 writes it, which is how URLs do. */
function addressOf(octets: string): string {
  const numbers = Array.from(octets, (octet) => octet.charCodeAt(0));
  if (numbers.length === 4) return numbers.join('.');
  if (numbers.length !== 16) throw new Error('an IP address has 4 or 16 bytes');
  const groups = Buffer.from(numbers).toString('hex').match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
