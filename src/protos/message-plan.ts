import { descriptors } from '@envoyproxy/protos';
// The part of protobufjs without its parser; proto-loader stands on the same.
import protobuf from 'protobufjs/light';
import { type ScalarCheck, scalarCheck } from './scalar';

/** What a field, or each of its items, holds. */
export type FieldKind =
  | { readonly type: 'scalar'; readonly problem: ScalarCheck }
  | {
      readonly type: 'enum';
      readonly name: string;
      readonly values: Readonly<Record<string, number>>;
      readonly names: ReadonlyMap<number, string>;
    }
  | { readonly type: 'message'; readonly plan: () => MessagePlan };

export interface FieldPlan {
  readonly name: string;
  readonly kind: FieldKind;
  readonly repeated: boolean;
  /** Scalar type of the keys, if the field is a map. */
  readonly mapKey: string | undefined;
  readonly oneof: string | undefined;
  /** Marked `(udpa.annotations.sensitive)`: holds a key or a password. */
  readonly sensitive: boolean;
}

/** A message type compiled once for walking: no look-up by path, no reflection, per message. */
export interface MessagePlan {
  readonly name: string;
  readonly type: protobuf.Type;
  readonly isAny: boolean;
  /** Encoded once per message object, wherever it is a field of another message. */
  readonly encodedOnce: boolean;
  /** In the order of the proto file. */
  readonly fields: ReadonlyMap<string, FieldPlan>;
}

/** Most of the bytes of a large configuration are routes, and most routes stay as they are when one changes. */
const ENCODED_ONCE = new Set(['envoy.config.route.v3.Route', 'envoy.config.route.v3.VirtualHost']);

const plans = new Map<string, MessagePlan>();
let root: protobuf.Root | undefined;

/** Built at first use: a command that encodes nothing does not pay for it. */
export function protoRoot(): protobuf.Root {
  root ??= protobuf.Root.fromJSON(descriptors);
  return root;
}

/** The plan of a message by its full name; undefined if there is no such message. */
export function findPlan(name: string): MessagePlan | undefined {
  const known = plans.get(name);
  if (known !== undefined) return known;
  const found = protoRoot().lookup(name, [protobuf.Type]);
  if (!(found instanceof protobuf.Type) || found.fullName !== `.${name}`) return undefined;
  return planOf(found);
}

function planOf(type: protobuf.Type): MessagePlan {
  const name = type.fullName.slice(1);
  const known = plans.get(name);
  if (known !== undefined) return known;
  const plan = {
    name,
    type,
    isAny: name === 'google.protobuf.Any',
    encodedOnce: ENCODED_ONCE.has(name),
    fields: new Map(type.fieldsArray.map((field) => [field.name, fieldPlan(field.resolve())])),
  };
  plans.set(name, plan);
  takeEncodedFields(type);
  return plan;
}

/**
 * Makes the type's encoder take fields of types that are encoded once as the bytes they already are: on the wire, a
 * message and a field of bytes are the same (protobuf.dev, "Encoding"). Decoding is not touched.
 */
function takeEncodedFields(type: protobuf.Type): void {
  const isEncoded = ({ resolvedType }: protobuf.Field) =>
    resolvedType instanceof protobuf.Type && ENCODED_ONCE.has(resolvedType.fullName.slice(1));
  if (!type.fieldsArray.some(isEncoded)) return;
  const twin = new protobuf.Type('Encoding');
  for (const field of type.fieldsArray) {
    const { name, id, options } = field;
    if (field instanceof protobuf.MapField)
      twin.add(new protobuf.MapField(name, id, field.keyType, field.type, options));
    else
      twin.add(
        new protobuf.Field(
          name,
          id,
          isEncoded(field) ? 'bytes' : field.type,
          field.repeated ? 'repeated' : undefined,
          undefined,
          options,
        ),
      );
  }
  // Nested, so that the types of its fields are found from the same place.
  type.setup().add(twin);
  type.encode = (message, writer) => twin.encode(message, writer);
}

function fieldPlan(field: protobuf.Field): FieldPlan {
  return {
    name: field.name,
    kind: kindOf(field),
    repeated: field.repeated,
    mapKey: field instanceof protobuf.MapField ? field.keyType : undefined,
    oneof: field.partOf?.name,
    sensitive: field.options?.['(udpa.annotations.sensitive)'] === true,
  };
}

function kindOf(field: protobuf.Field): FieldKind {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Enum) {
    const names = new Map(Object.entries(resolvedType.values).map(([name, value]) => [value, name]));
    return { type: 'enum', name: resolvedType.fullName.slice(1), values: resolvedType.values, names };
  }
  if (resolvedType instanceof protobuf.Type) {
    let plan: MessagePlan | undefined;
    // Looked up at first use, because messages may hold themselves.
    return { type: 'message', plan: () => (plan ??= planOf(resolvedType)) };
  }
  return { type: 'scalar', problem: scalarCheck(field.type) };
}
