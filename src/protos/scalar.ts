import type { WireWriter } from './wire-writer';

/** Says what is wrong with a value of that type; undefined if nothing is. Never repeats the value. */
type ScalarCheck = (value: unknown) => string | undefined;

export const VARINT = 0;
const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A scalar type of proto3. */
export interface Scalar {
  readonly wireType: number;
  readonly problem: ScalarCheck;
  /** Writes a value that has no problem. */
  write(out: WireWriter, value: unknown): void;
}

const number: ScalarCheck = (value) => (typeof value === 'number' ? undefined : expected('a number', value));

/** Those that Envoy’s protos use. */
const SCALARS: Readonly<Record<string, Scalar>> = {
  string: {
    wireType: LENGTH_DELIMITED,
    problem: (value) => (typeof value === 'string' ? undefined : expected('a string', value)),
    write: (out, value) => out.text(value as string),
  },
  bytes: {
    wireType: LENGTH_DELIMITED,
    problem: (value) => (value instanceof Uint8Array ? undefined : expected('bytes', value)),
    write: (out, value) => out.bytes(value as Uint8Array),
  },
  bool: {
    wireType: VARINT,
    problem: (value) => (typeof value === 'boolean' ? undefined : expected('a boolean', value)),
    write: (out, value) => out.varint(value === true ? 1 : 0),
  },
  int32: integer(-(2 ** 31), 2 ** 31 - 1),
  uint32: integer(0, 2 ** 32 - 1),
  int64: bigInteger(-(2n ** 63n), 2n ** 63n - 1n),
  uint64: bigInteger(0n, 2n ** 64n - 1n),
  float: { wireType: FIXED32, problem: number, write: (out, value) => out.float(value as number) },
  double: { wireType: FIXED64, problem: number, write: (out, value) => out.double(value as number) },
};

/** By its name in proto files; undefined for one that is not known. */
export function scalarOf(type: string): Scalar | undefined {
  return Object.hasOwn(SCALARS, type) ? SCALARS[type] : undefined;
}

export function expected(what: string, value: unknown): string {
  return `expected ${what}, got ${value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value}`;
}

function integer(min: number, max: number): Scalar {
  return {
    wireType: VARINT,
    problem: (value) => {
      if (typeof value !== 'number') return expected('an integer', value);
      if (!Number.isInteger(value)) return 'expected an integer';
      return value >= min && value <= max ? undefined : 'integer out of range';
    },
    write: writeInteger,
  };
}

/** 64 bits: a decimal string, or a number as far as numbers are exact. */
function bigInteger(min: bigint, max: bigint): Scalar {
  return {
    wireType: VARINT,
    problem: (value) => {
      if (typeof value === 'number' ? !Number.isSafeInteger(value) : typeof value !== 'string')
        return expected('a 64-bit integer', value);
      if (typeof value === 'string' && !/^-?[0-9]{1,20}$/.test(value)) return 'expected an integer';
      const exact = BigInt(value as string | number);
      return exact >= min && exact <= max ? undefined : 'integer out of range';
    },
    write: writeInteger,
  };
}

/** Small ones, which nearly all are, without a BigInt. */
export function writeInteger(out: WireWriter, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value < 2 ** 32) out.varint(value);
  else out.varint64(BigInt(value as number | string));
}
