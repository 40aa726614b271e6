import { isIP } from 'node:net';

/** Addresses that share their first bits (RFC 4632, RFC 4291 §2.3). */
export interface AddressRange {
  /** IPv4 or IPv6; the bits behind the prefix do not count. */
  readonly address: string;
  readonly prefixLength: number;
}

const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/** Reads `192.0.2.0/24`, `2001:db8::/32`, or an address alone; undefined if it is neither. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const bits = BITS[isIP(address)];
  if (bits === undefined || address.includes('%') || rest.length > 0) return undefined;
  if (length === undefined) return { address, prefixLength: bits };
  const prefixLength = /^(?:0|[1-9]\d{0,2})$/.test(length) ? Number(length) : Infinity;
  return prefixLength > bits ? undefined : { address, prefixLength };
}
