import { asn1, util } from 'node-forge';

// A thin layer over the ASN.1 reader of node-forge, which knows nothing of key types and so is sound for EC too. Whatever
// is not as it should be throws; callers turn that into "not well-formed".

/** Reads DER and refuses BER: writing it again must give the same bytes. */
export function parse(bytes: string): asn1.Asn1 {
  const value = asn1.fromDer(util.createBuffer(bytes));
  if (asn1.toDer(value).getBytes() !== bytes) throw new Error('not DER');
  return value;
}

export function isContext(value: asn1.Asn1, tag: number): boolean {
  return value.tagClass === asn1.Class.CONTEXT_SPECIFIC && tagNumber(value) === tag;
}

/** The types of node-forge say that this is a universal tag, which it is not inside a context. */
export function tagNumber(value: asn1.Asn1): number {
  return value.type;
}

export function children(value: asn1.Asn1 | undefined): asn1.Asn1[] {
  if (!value || !Array.isArray(value.value)) throw new Error('a constructed value is missing');
  return value.value;
}

export function bytes(value: asn1.Asn1 | undefined, type: asn1.Type): string {
  if (value?.tagClass !== asn1.Class.UNIVERSAL || value.type !== type || typeof value.value !== 'string') {
    throw new Error('a primitive value is missing');
  }
  return value.value;
}

export function oidOf(value: asn1.Asn1 | undefined): string {
  return asn1.derToOid(util.createBuffer(bytes(value, asn1.Type.OID)));
}

export function integer(value: asn1.Asn1 | undefined): number {
  return asn1.derToInteger(util.createBuffer(bytes(value, asn1.Type.INTEGER)));
}

/** The octets of a BIT STRING; the first counts the unused bits. node-forge keeps them apart, as it tries to read on inside. */
export function bitString(value: asn1.Asn1 | undefined): string {
  const { bitStringContents } = (value ?? {}) as { readonly bitStringContents?: unknown };
  if (
    value?.tagClass !== asn1.Class.UNIVERSAL ||
    value.type !== asn1.Type.BITSTRING ||
    typeof bitStringContents !== 'string'
  ) {
    throw new Error('a BIT STRING is missing');
  }
  return bitStringContents;
}

/** The bytes that the value was read from. */
export function encoded(value: asn1.Asn1 | undefined): string {
  if (!value) throw new Error('a value is missing');
  return asn1.toDer(value).getBytes();
}
