/** Says what is wrong with a value of that type; undefined if nothing is. Never repeats the value. */
export type ScalarCheck = (value: unknown) => string | undefined;

const string: ScalarCheck = (value) => (typeof value === 'string' ? undefined : expected('a string', value));
const bool: ScalarCheck = (value) => (typeof value === 'boolean' ? undefined : expected('a boolean', value));
const number: ScalarCheck = (value) => (typeof value === 'number' ? undefined : expected('a number', value));
const bytes: ScalarCheck = (value) => (value instanceof Uint8Array ? undefined : expected('bytes', value));
const int32 = integer(-(2 ** 31), 2 ** 31 - 1);
const uint32 = integer(0, 2 ** 32 - 1);
const int64 = bigInteger(-(2n ** 63n), 2n ** 63n - 1n);
const uint64 = bigInteger(0n, 2n ** 64n - 1n);

const CHECKS: Readonly<Record<string, ScalarCheck>> = {
  string,
  bool,
  bytes,
  double: number,
  float: number,
  int32,
  sint32: int32,
  sfixed32: int32,
  uint32,
  fixed32: uint32,
  int64,
  sint64: int64,
  sfixed64: int64,
  uint64,
  fixed64: uint64,
};

/** The check of a scalar type of proto3, by its name in proto files. */
export function scalarCheck(scalar: string): ScalarCheck {
  return CHECKS[scalar] ?? (() => `unsupported scalar type ${scalar}`);
}

export function expected(what: string, value: unknown): string {
  return `expected ${what}, got ${value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value}`;
}

function integer(min: number, max: number): ScalarCheck {
  return (value) => {
    if (typeof value !== 'number') return expected('an integer', value);
    if (!Number.isInteger(value)) return 'expected an integer';
    return value >= min && value <= max ? undefined : 'integer out of range';
  };
}

/** 64 bits: a decimal string, or a number as far as numbers are exact. */
function bigInteger(min: bigint, max: bigint): ScalarCheck {
  return (value) => {
    if (typeof value === 'number' ? !Number.isSafeInteger(value) : typeof value !== 'string')
      return expected('a 64-bit integer', value);
    if (typeof value === 'string' && !/^-?[0-9]{1,20}$/.test(value)) return 'expected an integer';
    const exact = BigInt(value as string | number);
    return exact >= min && exact <= max ? undefined : 'integer out of range';
  };
}
