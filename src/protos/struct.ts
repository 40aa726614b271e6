import type { EnvoyMessages } from '@envoyproxy/protos';
import type { JsonObject, JsonValue } from './json';
import { wellKnownJson } from './well-known-json';

type Struct = EnvoyMessages['google.protobuf.Struct'];
type Value = EnvoyMessages['google.protobuf.Value'];

/** A JSON object as the `google.protobuf.Struct` that metadata fields take. */
export function toStruct(json: JsonObject): Struct {
  return { fields: Object.fromEntries(Object.entries(json).map(([key, value]) => [key, toValue(value)])) };
}

/** The JSON object that a decoded Struct (of `decodeMessage`) stands for; empty if there is none. */
export function fromStruct(struct: Struct | null | undefined): JsonObject {
  return wellKnownJson('google.protobuf.Struct', (struct ?? {}) as Record<string, unknown>) as JsonObject;
}

function toValue(json: JsonValue): Value {
  if (json === null) return { null_value: 'NULL_VALUE' };
  if (typeof json === 'string') return { string_value: json };
  if (typeof json === 'number') return { number_value: json };
  if (typeof json === 'boolean') return { bool_value: json };
  if (isArray(json)) return { list_value: { values: json.map(toValue) } };
  return { struct_value: toStruct(json) };
}

function isArray(json: JsonObject | readonly JsonValue[]): json is readonly JsonValue[] {
  return Array.isArray(json);
}
