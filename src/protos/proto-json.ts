import type { JsonObject, JsonValue } from './json';
import { type FieldKind, type FieldPlan, findPlan, type MessagePlan } from './message-plan';
import { protoType } from './proto-root';
import { wellKnownJson } from './well-known-json';

const REDACTED = '[redacted]';

/** Proto-JSON of a decoded message; fields in the order of the proto file, maps in the order of their keys. */
export function protoJson(plan: MessagePlan, message: object, revealKeys: boolean): JsonValue {
  const fields = message as Readonly<Record<string, unknown>>;
  if (plan.name === 'google.protobuf.Any') return anyJson(fields, revealKeys);
  const wellKnown = wellKnownJson(plan.name, fields);
  if (wellKnown !== undefined) return wellKnown;
  const result: Record<string, JsonValue> = {};
  for (const field of plan.fields.values()) {
    if (!Object.hasOwn(fields, field.name)) continue;
    const value = fields[field.name];
    if (value === undefined || value === null || isEmptyCollection(field, value)) continue;
    result[field.name] = field.sensitive && !revealKeys ? redacted(field, value) : fieldJson(field, value, revealKeys);
  }
  return result;
}

function isEmptyCollection(field: FieldPlan, value: unknown): boolean {
  return (field.repeated || field.mapKey !== undefined) && Object.keys(value as object).length === 0;
}

function fieldJson(field: FieldPlan, value: unknown, revealKeys: boolean): JsonValue {
  if (field.mapKey !== undefined) {
    const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, item]) => [key, valueJson(field.kind, item, revealKeys)]));
  }
  if (field.repeated) return (value as readonly unknown[]).map((item) => valueJson(field.kind, item, revealKeys));
  return valueJson(field.kind, value, revealKeys);
}

function valueJson(kind: FieldKind, value: unknown, revealKeys: boolean): JsonValue {
  if (kind.type === 'message') return protoJson(kind.plan(), value as object, revealKeys);
  if (kind.type === 'enum') return kind.names.get(value as number) ?? (value as number);
  return scalarJson(value);
}

function scalarJson(value: unknown): JsonValue {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  // A 64-bit integer, which JSON numbers cannot hold.
  return String(value);
}

/** An Any of a type we do not know keeps its bytes: what a peer sends must be printable, whatever it is. */
function anyJson(fields: Readonly<Record<string, unknown>>, revealKeys: boolean): JsonValue {
  const url = typeof fields['type_url'] === 'string' ? fields['type_url'] : '';
  const bytes = fields['value'] instanceof Uint8Array ? fields['value'] : new Uint8Array();
  const plan = findPlan(url.slice(url.lastIndexOf('/') + 1));
  if (plan === undefined) return { '@type': url, value: revealKeys ? Buffer.from(bytes).toString('base64') : REDACTED };
  const payload = protoJson(plan, protoType(plan.name).decode(bytes), revealKeys);
  // Well-known types with a JSON form of their own stand under `value`, as proto-JSON has it.
  if (!isObject(payload) || plan.name === 'google.protobuf.Struct') return { '@type': url, value: payload };
  return { '@type': url, ...payload };
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** A DataSource keeps its shape, and a file name or environment variable stays readable; everything else is hidden whole. */
function redacted(field: FieldPlan, value: unknown): JsonValue {
  if (field.repeated) return (value as readonly unknown[]).map((item) => redactedValue(field, item));
  if (field.mapKey !== undefined) {
    return Object.fromEntries(
      Object.keys(value as object)
        .sort()
        .map((key) => [key, REDACTED]),
    );
  }
  return redactedValue(field, value);
}

function redactedValue(field: FieldPlan, value: unknown): JsonValue {
  if (field.kind.type !== 'message') return REDACTED;
  const plan = field.kind.plan();
  if (plan.name === 'google.protobuf.Any')
    return { '@type': String((value as Record<string, unknown>)['type_url']), value: REDACTED };
  const source = value as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(source, 'filename') || Object.hasOwn(source, 'environment_variable'))
    return protoJson(plan, source, false);
  return { inline_string: REDACTED };
}
