/** Says what is wrong with `value` as a scalar of that proto type; undefined if nothing is. Never repeats the value. */
export function scalarProblem(scalar: string, value: unknown): string | undefined {
  switch (scalar) {
    case 'string':
      return typeof value === 'string' ? undefined : expected('a string', value);
    case 'bool':
      return typeof value === 'boolean' ? undefined : expected('a boolean', value);
    case 'bytes':
      return value instanceof Uint8Array ? undefined : expected('bytes', value);
    case 'double':
    case 'float':
      return typeof value === 'number' ? undefined : expected('a number', value);
    case 'int32':
    case 'sint32':
    case 'sfixed32':
      return integerProblem(value, -(2n ** 31n), 2n ** 31n - 1n);
    case 'uint32':
    case 'fixed32':
      return integerProblem(value, 0n, 2n ** 32n - 1n);
    case 'int64':
    case 'sint64':
    case 'sfixed64':
      return integerProblem(value, -(2n ** 63n), 2n ** 63n - 1n, true);
    case 'uint64':
    case 'fixed64':
      return integerProblem(value, 0n, 2n ** 64n - 1n, true);
    default:
      return `unsupported scalar type ${scalar}`;
  }
}

function integerProblem(value: unknown, min: bigint, max: bigint, decimalString = false): string | undefined {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) return 'expected an integer';
    return value >= min && value <= max ? undefined : 'integer out of range';
  }
  if (decimalString && typeof value === 'string') {
    if (!/^-?(0|[1-9][0-9]{0,19})$/.test(value)) return 'expected an integer';
    return BigInt(value) >= min && BigInt(value) <= max ? undefined : 'integer out of range';
  }
  return expected('an integer', value);
}

export function expected(what: string, value: unknown): string {
  return `expected ${what}, got ${value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value}`;
}
