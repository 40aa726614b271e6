import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { asn1, util } from 'node-forge';

const { Class, Type } = asn1;

/** A certificate put together byte by byte, so that it may say what no issuer would. Everything has a sane default. */
export interface Craft {
  /** The common name; empty for a subject without any attribute. */
  readonly subject?: string;
  readonly issuer?: string;
  readonly key: KeyObject;
  /** Default: self-signed. */
  readonly issuerKey?: KeyObject;
  /** 1 to 3; default 3. */
  readonly version?: number;
  /** The bytes of the INTEGER in hex; default `4101`. */
  readonly serial?: string;
  /** The hash to sign with; default `sha256`. */
  readonly hash?: 'md5' | 'sha1' | 'sha256';
  /** As ASN.1 has it; 14 digits make a GeneralizedTime, fewer a UTCTime. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly extensions?: readonly CraftedExtension[];
  /** The OID of the signature algorithm inside the signed part, where it differs from the outer one. */
  readonly innerAlgorithm?: string;
}

export interface CraftedExtension {
  readonly oid: string;
  readonly critical?: boolean;
  /** DER in hex. */
  readonly value: string;
}

export const CA_TRUE: CraftedExtension = { oid: '2.5.29.19', critical: true, value: '30030101ff' };
export const CA_FALSE: CraftedExtension = { oid: '2.5.29.19', critical: true, value: '3000' };
export const KEY_USAGE_SIGN: CraftedExtension = { oid: '2.5.29.15', critical: true, value: '03020780' };
export const KEY_USAGE_CERT_SIGN: CraftedExtension = { oid: '2.5.29.15', critical: true, value: '03020204' };
export const MUST_STAPLE: CraftedExtension = { oid: '1.3.6.1.5.5.7.1.24', value: '3003020105' };

const ALGORITHMS: Readonly<Record<string, string>> = {
  'rsa md5': '1.2.840.113549.1.1.4',
  'rsa sha1': '1.2.840.113549.1.1.5',
  'rsa sha256': '1.2.840.113549.1.1.11',
  'ec sha1': '1.2.840.10045.4.1',
  'ec sha256': '1.2.840.10045.4.3.2',
  'ed25519 sha256': '1.3.101.112',
};

/** The certificate's DER. */
export function craft(request: Craft): Buffer {
  const issuerKey = request.issuerKey ?? request.key;
  const hash = request.hash ?? 'sha256';
  const algorithm = ALGORITHMS[`${issuerKey.asymmetricKeyType} ${hash}`] ?? '1.2.3';
  const subject = request.subject ?? 'crafted';
  const version = request.version ?? 3;
  const tbs = sequence([
    ...(version > 1 ? [context(0, [primitive(Type.INTEGER, String.fromCharCode(version - 1))])] : []),
    primitive(Type.INTEGER, util.hexToBytes(request.serial ?? '4101')),
    algorithmIdentifier(request.innerAlgorithm ?? algorithm),
    name(request.issuer ?? subject),
    sequence([time(request.notBefore ?? '200101000000Z'), time(request.notAfter ?? '21200101000000Z')]),
    name(subject),
    asn1.fromDer(createPublicKey(request.key).export({ type: 'spki', format: 'der' }).toString('latin1')),
    ...(request.extensions ? [context(3, [sequence(request.extensions.map(extension))])] : []),
  ]);
  const signed = toBuffer(tbs);
  const digest = issuerKey.asymmetricKeyType === 'ed25519' ? null : hash;
  const signature = sign(digest, signed, issuerKey).toString('latin1');
  return toBuffer(sequence([tbs, algorithmIdentifier(algorithm), primitive(Type.BITSTRING, `\0${signature}`)]));
}

export function pemOf(der: Buffer, label = 'CERTIFICATE'): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}(?!$)/g, '$&\n')}\n-----END ${label}-----\n`;
}

function extension({ oid, critical, value }: CraftedExtension): asn1.Asn1 {
  return sequence([
    primitive(Type.OID, asn1.oidToDer(oid).getBytes()),
    ...(critical ? [primitive(Type.BOOLEAN, '\xff')] : []),
    primitive(Type.OCTETSTRING, util.hexToBytes(value)),
  ]);
}

function algorithmIdentifier(oid: string): asn1.Asn1 {
  const parameters = oid.startsWith('1.2.840.113549.1.1') ? [primitive(Type.NULL, '')] : [];
  return sequence([primitive(Type.OID, asn1.oidToDer(oid).getBytes()), ...parameters]);
}

function name(commonName: string): asn1.Asn1 {
  if (commonName === '') return sequence([]);
  const attribute = sequence([
    primitive(Type.OID, asn1.oidToDer('2.5.4.3').getBytes()),
    primitive(Type.UTF8, commonName),
  ]);
  return sequence([asn1.create(Class.UNIVERSAL, Type.SET, true, [attribute])]);
}

function time(text: string): asn1.Asn1 {
  return primitive(/^\d{14}/.test(text) ? Type.GENERALIZEDTIME : Type.UTCTIME, text);
}

function sequence(values: asn1.Asn1[]): asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, values);
}

function context(tag: number, values: asn1.Asn1[]): asn1.Asn1 {
  // The types of node-forge know universal tags only.
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
  return asn1.create(Class.CONTEXT_SPECIFIC, tag, true, values);
}

function primitive(type: asn1.Type, bytes: string): asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, type, false, bytes);
}

function toBuffer(value: asn1.Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1');
}
