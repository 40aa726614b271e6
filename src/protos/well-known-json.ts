import type { JsonValue } from './json';

const WRAPPERS = new Map<string, JsonValue>([
  ['BoolValue', false],
  ['BytesValue', ''],
  ['DoubleValue', 0],
  ['FloatValue', 0],
  ['Int32Value', 0],
  ['Int64Value', '0'],
  ['StringValue', ''],
  ['UInt32Value', 0],
  ['UInt64Value', '0'],
]);

type Fields = Readonly<Record<string, unknown>>;

/** The JSON of Google's types that have a form of their own (protobuf.dev, "ProtoJSON Format"); undefined for others. */
export function wellKnownJson(name: string, fields: Fields): JsonValue | undefined {
  if (!name.startsWith('google.protobuf.')) return undefined;
  const short = name.slice('google.protobuf.'.length);
  const zero = WRAPPERS.get(short);
  if (zero !== undefined) return scalar(own(fields, 'value'), zero);
  switch (short) {
    case 'Duration':
      return durationJson(fields);
    case 'Timestamp':
      return timestampJson(fields);
    case 'Struct':
      return structJson(fields);
    case 'ListValue':
      return listJson(fields);
    case 'Value':
      return valueJson(fields);
    default:
      return undefined;
  }
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function scalar(value: unknown, zero: JsonValue): JsonValue {
  if (value === undefined || value === null) return zero;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'boolean' ? value : text(value);
}

/** A string as it is, and a 64-bit integer (a Long, a string or a number) in decimal. */
function text(value: unknown): string {
  return (value as string | number | { toString(): string }).toString();
}

function secondsAndNanos(fields: Fields): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(text(own(fields, 'seconds') ?? 0)), nanos: Number(own(fields, 'nanos') ?? 0) };
}

function durationJson(fields: Fields): string {
  const { seconds, nanos } = secondsAndNanos(fields);
  const sign = seconds < 0n || nanos < 0 ? '-' : '';
  return `${sign}${String(seconds < 0n ? -seconds : seconds)}${fraction(Math.abs(nanos))}s`;
}

function timestampJson(fields: Fields): string {
  const { seconds, nanos } = secondsAndNanos(fields);
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${String(seconds)}s`;
  return date.toISOString().replace(/\.\d+Z$/, `${fraction(nanos)}Z`);
}

function fraction(nanos: number): string {
  return nanos === 0
    ? ''
    : `.${String(nanos)
        .padStart(9, '0')
        .replace(/(000)+$/, '')}`;
}

function structJson(fields: Fields): JsonValue {
  const members = Object.entries((own(fields, 'fields') ?? {}) as Record<string, Fields>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return Object.fromEntries(members.map(([key, value]) => [key, valueJson(value)]));
}

function listJson(fields: Fields): JsonValue {
  return ((own(fields, 'values') ?? []) as readonly Fields[]).map(valueJson);
}

function valueJson(value: Fields): JsonValue {
  for (const kind of ['string_value', 'number_value', 'bool_value'] as const) {
    const given = own(value, kind);
    if (given !== undefined) return scalar(given, null);
  }
  const struct = own(value, 'struct_value');
  if (struct !== undefined) return structJson(struct as Fields);
  const list = own(value, 'list_value');
  if (list !== undefined) return listJson(list as Fields);
  return null;
}
