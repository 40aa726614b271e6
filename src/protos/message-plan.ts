import { type Descriptor, type FieldDescriptor, findDescriptor, resolveType } from './descriptor-tree';
import { ENCODED_ONCE } from './encoded-once';
import { LENGTH_DELIMITED, type Scalar, scalarOf, VARINT } from './scalar';

/** What a field, or each of its items, holds. */
export type FieldKind =
  | { readonly type: 'scalar'; readonly scalar: Scalar }
  | {
      readonly type: 'enum';
      readonly name: string;
      readonly values: ReadonlyMap<string, number>;
      readonly names: ReadonlyMap<number, string>;
    }
  | { readonly type: 'message'; readonly plan: () => MessagePlan };

export interface FieldPlan {
  readonly name: string;
  readonly kind: FieldKind;
  readonly id: number;
  /** What stands before a value of it on the wire: its number, and how the value is written. */
  readonly tag: number;
  readonly repeated: boolean;
  /** Its items stand in one value, without a tag each. */
  readonly packed: boolean;
  /** The keys, if the field is a map. */
  readonly mapKey: Scalar | undefined;
  readonly oneof: string | undefined;
  /** Marked `(udpa.annotations.sensitive)`: holds a key or a password. */
  readonly sensitive: boolean;
}

/** A message type compiled once for walking: no look-up by path, no reflection, per message. */
export interface MessagePlan {
  readonly name: string;
  readonly isAny: boolean;
  readonly encodedOnce: boolean;
  /** In the order of the proto file. */
  readonly fields: ReadonlyMap<string, FieldPlan>;
  /** That of the message that was written last: one is mostly as the one before. */
  lastLayout: Layout;
}

/** Which fields a message has. */
export interface Layout {
  /** As they stand in the object. */
  readonly names: readonly string[];
  /** In the order of their numbers. */
  readonly fields: readonly FieldPlan[];
}

const EMPTY: Layout = { names: [], fields: [] };

const plans = new Map<string, MessagePlan>();

/** The plan of a message by its full name; undefined if there is no such message. */
export function findPlan(name: string): MessagePlan | undefined {
  const known = plans.get(name);
  if (known !== undefined) return known;
  const descriptor = findDescriptor(name);
  return descriptor?.fields === undefined ? undefined : planOf(name, descriptor);
}

function planOf(name: string, { fields = {}, oneofs = {} }: Descriptor): MessagePlan {
  const oneofOf = new Map(
    Object.entries(oneofs).flatMap(([oneof, members]) => members.oneof.map((field) => [field, oneof])),
  );
  const plan: MessagePlan = {
    name,
    isAny: name === 'google.protobuf.Any',
    encodedOnce: ENCODED_ONCE.has(name),
    fields: new Map(
      Object.entries(fields).map(([field, descriptor]) => [
        field,
        fieldPlan(field, descriptor, name, oneofOf.get(field)),
      ]),
    ),
    lastLayout: EMPTY,
  };
  plans.set(name, plan);
  return plan;
}

function fieldPlan(name: string, field: FieldDescriptor, message: string, oneof: string | undefined): FieldPlan {
  const { type, id, keyType, rule, options } = field;
  const kind = kindOf(type, message);
  const wireType = wireTypeOf(kind);
  const repeated = rule === 'repeated';
  const packed = repeated && wireType !== LENGTH_DELIMITED;
  const isMap = keyType !== undefined;
  return {
    name,
    kind,
    id,
    tag: tagOf(id, packed || isMap ? LENGTH_DELIMITED : wireType),
    repeated,
    packed,
    mapKey: isMap ? knownScalar(keyType) : undefined,
    oneof,
    sensitive: options?.['(udpa.annotations.sensitive)'] === true,
  };
}

export function tagOf(id: number, wireType: number): number {
  return ((id << 3) | wireType) >>> 0;
}

export function wireTypeOf(kind: FieldKind): number {
  return kind.type === 'scalar' ? kind.scalar.wireType : kind.type === 'enum' ? VARINT : LENGTH_DELIMITED;
}

function kindOf(type: string, message: string): FieldKind {
  const scalar = scalarOf(type);
  if (scalar !== undefined) return { type: 'scalar', scalar };
  const resolved = resolveType(type, message);
  if (resolved === undefined) throw new Error(`${message} has a field of unknown type ${type}`);
  const { name, descriptor } = resolved;
  if (descriptor.values !== undefined) {
    const values = Object.entries(descriptor.values);
    return {
      type: 'enum',
      name,
      values: new Map(values),
      names: new Map(values.map(([word, value]) => [value, word])),
    };
  }
  let plan: MessagePlan | undefined;
  // Looked up at first use, because messages may hold themselves.
  return { type: 'message', plan: () => (plan ??= plans.get(name) ?? planOf(name, descriptor)) };
}

function knownScalar(type: string): Scalar {
  const scalar = scalarOf(type);
  if (scalar === undefined) throw new Error(`unknown scalar type ${type}`);
  return scalar;
}
