import { BlockList, isIP } from 'node:net';
import { asn1 } from 'node-forge';
import { children, isContext, parse, tagNumber } from './der';
import type { SubjectAltName } from './tbs';

/** A name that a CA may, or may not, issue certificates for. An IP range is `address/mask`, both in hex. */
type Subtree = SubjectAltName;

/** What a CA certificate says of the names below it (RFC 5280 §4.2.1.10). */
export interface NameConstraints {
  /** Of each type of name that is listed here, only these. */
  readonly permitted: readonly Subtree[];
  readonly excluded: readonly Subtree[];
}

const TYPES: Readonly<Record<number, SubjectAltName['type']>> = { 1: 'email', 2: 'dns', 6: 'uri', 7: 'ip' };

/** Reads the extension. Constraints on directory names and rarer types are left out. @throws if it is not well-formed */
export function readNameConstraints(extension: string): NameConstraints {
  const parts = children(parse(extension));
  const subtrees = (tag: number) => {
    const list = parts.find((part) => isContext(part, tag));
    return list === undefined ? [] : children(list).flatMap((subtree) => subtreeOf(children(subtree)[0]));
  };
  return { permitted: subtrees(0), excluded: subtrees(1) };
}

function subtreeOf(base: asn1.Asn1 | undefined): Subtree[] {
  if (base === undefined || base.tagClass !== asn1.Class.CONTEXT_SPECIFIC) throw new Error('not a GeneralName');
  const type = TYPES[tagNumber(base)];
  if (type === undefined || typeof base.value !== 'string') return [];
  if (type !== 'ip') return [{ type, value: base.value }];
  const hex = Buffer.from(base.value, 'latin1').toString('hex');
  if (hex.length !== 16 && hex.length !== 64) throw new Error('an IP range has 8 or 32 bytes');
  return [{ type, value: `${hex.slice(0, hex.length / 2)}/${hex.slice(hex.length / 2)}` }];
}

/** The first of these names that the constraints forbid; undefined if all of them may be. */
export function forbiddenName(
  names: readonly SubjectAltName[],
  { permitted, excluded }: NameConstraints,
): SubjectAltName | undefined {
  return names.find((name) => {
    if (excluded.some((subtree) => isWithin(name, subtree))) return true;
    const ofType = permitted.filter(({ type }) => type === name.type);
    return ofType.length > 0 && !ofType.some((subtree) => isWithin(name, subtree));
  });
}

function isWithin({ type, value }: SubjectAltName, subtree: Subtree): boolean {
  if (type !== subtree.type) return false;
  const [name, base] = [value.toLowerCase(), subtree.value.toLowerCase()];
  switch (type) {
    case 'dns':
      return base === '' || name === base || name.endsWith(base.startsWith('.') ? base : `.${base}`);
    case 'uri':
      return isHostWithin(hostOf(name), base);
    case 'email':
      return base.includes('@') ? name === base : isHostWithin(name.slice(name.lastIndexOf('@') + 1), base);
    case 'ip':
      return isAddressWithin(value, subtree.value);
  }
}

/** A host by itself, or with a leading dot everything below a domain. */
function isHostWithin(host: string, base: string): boolean {
  return base.startsWith('.') ? host.endsWith(base) : host === base;
}

/** The host of a URI with an authority; the whole text otherwise, which no constraint equals. */
function hostOf(uri: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)/.exec(uri)?.[1] ?? uri;
}

function isAddressWithin(address: string, range: string): boolean {
  const [base = '', mask = ''] = range.split('/');
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  if (base.length !== (family === 'ipv4' ? 8 : 32)) return false;
  const bits = mask.replace(/./g, (digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0'));
  const prefix = bits.lastIndexOf('1') + 1;
  // A mask with holes is no range of any standard; nothing is within it.
  if (bits.slice(0, prefix).includes('0')) return false;
  const list = new BlockList();
  const text =
    family === 'ipv4'
      ? [0, 2, 4, 6].map((at) => Number.parseInt(base.slice(at, at + 2), 16)).join('.')
      : (base.match(/.{4}/g) ?? []).join(':');
  list.addSubnet(text, prefix, family);
  return list.check(address, family);
}
