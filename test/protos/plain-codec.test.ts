import { descriptors } from '@envoyproxy/protos';
import fc from 'fast-check';
import protobuf from 'protobufjs/light';
import { type EnvoyMessages, encode, type MessageName } from '../../src/protos';
import { type FieldKind, type FieldPlan, findPlan, type MessagePlan } from '../../src/protos/message-plan';
import { scalarOf } from '../../src/protos/scalar';

const RUNS = 3_000;

const root = protobuf.Root.fromJSON(descriptors);
const types = messageTypes(root);
const names = types.map(({ fullName }) => fullName.slice(1) as MessageName);

function messageTypes(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap((nested) => [
    ...(nested instanceof protobuf.Type ? [nested] : []),
    ...(nested instanceof protobuf.Namespace ? messageTypes(nested) : []),
  ]);
}

function planOf(name: string): MessagePlan {
  const plan = findPlan(name);
  if (plan === undefined) throw new Error(`no plan for ${name}`);
  return plan;
}

/** What a field holds, in words that both sides can be asked for. */
function typeOf(kind: FieldKind): string {
  return kind.type === 'scalar' ? 'scalar' : kind.type === 'enum' ? kind.name : kind.plan().name;
}

test('every field of every message is planned as protobufjs reads it', () => {
  for (const type of types) {
    const fields = [...planOf(type.fullName.slice(1)).fields.values()];
    const planned = fields.map(({ name, id, kind, repeated, packed, mapKey, oneof }) => ({
      name,
      id,
      type: typeOf(kind),
      repeated,
      packed,
      map: mapKey !== undefined,
      oneof,
    }));
    const read = type.fieldsArray.map((field) => {
      const { name, id, repeated, packed, map, resolvedType, partOf } = field.resolve();
      const scalar = resolvedType === null ? field.type : 'int32';
      return {
        name,
        id,
        type: resolvedType?.fullName.slice(1) ?? 'scalar',
        repeated,
        packed:
          repeated &&
          packed &&
          (resolvedType === null || resolvedType instanceof protobuf.Enum) &&
          protobuf.types.packed[scalar as 'int32'] !== undefined,
        map,
        oneof: partOf?.name,
      };
    });
    expect({ type: type.fullName, fields: planned }).toEqual({ type: type.fullName, fields: read });
  }
});

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 60, maxLength: 300 }));
const SCALARS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: text,
  bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  bool: fc.boolean(),
  int32: fc.integer(),
  uint32: fc.nat({ max: 2 ** 32 - 1 }),
  int64: fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  uint64: fc.oneof(fc.maxSafeNat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)),
  float: fc.float({ noNaN: true }),
  double: fc.double({ noNaN: true }),
};

/** A message as its type describes it: some of its fields, and at most one of each oneof. */
function message(name: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  if (name === 'google.protobuf.Any')
    return fc.record({
      type_url: fc.constantFrom(...names).map((type) => `type.googleapis.com/${type}`),
      value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    });
  const fields = [...planOf(name).fields.values()].filter(({ kind }) => depth > 0 || kind.type !== 'message');
  return fc
    .shuffledSubarray(fields, { maxLength: Math.min(6, fields.length) })
    .map((chosen) =>
      chosen.filter(
        ({ oneof }, at) => oneof === undefined || chosen.findIndex((other) => other.oneof === oneof) === at,
      ),
    )
    .chain((chosen) =>
      fc.record(Object.fromEntries(chosen.map((field) => [field.name, fieldValue(name, field, depth)]))),
    );
}

function fieldValue(type: string, { name, kind, repeated, mapKey }: FieldPlan, depth: number): fc.Arbitrary<unknown> {
  const value = single(type, name, kind, depth - 1);
  if (repeated) return fc.array(value, { maxLength: 4 });
  if (mapKey === undefined) return value;
  // In the order that our codec brings them into; protobufjs takes them as they come.
  const key = mapKey === scalarOf('string') ? fc.stringMatching(/^[a-z]{1,8}$/) : fc.nat({ max: 9 }).map(String);
  return fc
    .dictionary(key, value, { maxKeys: 4 })
    .map((map) => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function single(type: string, field: string, kind: FieldKind, depth: number): fc.Arbitrary<unknown> {
  if (kind.type === 'message') return message(kind.plan().name, depth);
  if (kind.type === 'enum') return fc.constantFrom<unknown>(...kind.values.keys(), ...kind.names.keys());
  const scalar = SCALARS[root.lookupType(type).fields[field]?.type ?? ''];
  if (scalar === undefined) throw new Error(`nothing to write into ${type}.${field}`);
  return scalar;
}

function plainBytes(name: string, value: Record<string, unknown>): Uint8Array {
  const type = root.lookupType(name);
  return type.encode(type.fromObject(value)).finish();
}

test('every message has the bytes that protobufjs makes of it', () => {
  const cases = fc.constantFrom(...names).chain((name) => fc.tuple(fc.constant(name), message(name, 3)));
  fc.assert(
    fc.property(cases, ([name, value]) => {
      const plain = plainBytes(name, value);
      const bytes = encode(name, value as EnvoyMessages[typeof name]);
      expect(bytes.equals(plain)).toBe(true);
      // Once more, with the bytes that were kept.
      expect(encode(name, value as EnvoyMessages[typeof name]).equals(plain)).toBe(true);
    }),
    { numRuns: RUNS },
  );
});
