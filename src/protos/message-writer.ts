import { encodedMessages, encodedParts, partsOfMessages } from './encoded-once';
import {
  type FieldKind,
  type FieldPlan,
  findPlan,
  type Layout,
  type MessagePlan,
  tagOf,
  wireTypeOf,
} from './message-plan';
import { expected, LENGTH_DELIMITED, type Scalar, writeInteger } from './scalar';
import { StrictProblem, type Trail } from './strict-problem';
import { WireWriter } from './wire-writer';

export const TYPE_URL_PREFIX = 'type.googleapis.com/';
/** The fields of a `google.protobuf.Any`. */
const TYPE_URL_TAG = tagOf(1, LENGTH_DELIMITED);
const VALUE_TAG = tagOf(2, LENGTH_DELIMITED);

/**
 * Writes messages that are as their generated types describe them (snake_case, enum values by name), and checks that they are. Fields
 * are written in the order of their numbers and maps in the order of their keys, so that equal messages have equal bytes.
 */
export class MessageWriter {
  readonly #out = new WireWriter();
  #trail: Trail;

  /**
   * The bytes of what `write` writes.
   *
   * @param trail An empty one where a refusal is to be explained.
   * @throws StrictProblem
   */
  take(write: () => void, trail: Trail): Buffer {
    const start = this.#out.length;
    this.#trail = trail;
    try {
      write();
      return this.#out.since(start);
    } finally {
      this.#out.rewind(start);
    }
  }

  message(plan: MessagePlan, value: unknown): void {
    if (!isRecord(value)) this.#refuse(expected('an object', value));
    const layout = hasLayout(value, plan.lastLayout) ? plan.lastLayout : this.#layout(plan, value);
    for (const field of layout.fields) {
      this.#trail?.push(field.name);
      this.#field(field, value[field.name]);
      this.#trail?.pop();
    }
    if (plan.isAny) this.#checkAny(value);
  }

  /** The `google.protobuf.Any` that holds the message. */
  any(plan: MessagePlan, value: unknown): void {
    this.#out.varint(TYPE_URL_TAG);
    this.#out.text(`${TYPE_URL_PREFIX}${plan.name}`);
    this.#out.varint(VALUE_TAG);
    const start = this.#out.open();
    this.message(plan, value);
    this.#out.close(start);
  }

  /** The fields that are there; refused if the message has no such field, or two of them exclude each other. */
  #layout(plan: MessagePlan, value: Readonly<Record<string, unknown>>): Layout {
    const names: string[] = [];
    const fields: FieldPlan[] = [];
    for (const name in value) {
      const given = value[name];
      if (given === undefined || given === null) continue;
      const field = plan.fields.get(name);
      if (field === undefined) this.#refuse(unknownField(plan, name));
      const rival = field.oneof && fields.find(({ oneof }) => oneof === field.oneof);
      if (rival) this.#refuse(`"${rival.name}" and "${name}" exclude each other (oneof ${field.oneof})`);
      names.push(name);
      fields.push(field);
    }
    fields.sort((a, b) => a.id - b.id);
    plan.lastLayout = { names, fields };
    return plan.lastLayout;
  }

  #field(field: FieldPlan, value: unknown): void {
    const out = this.#out;
    if (field.mapKey !== undefined) this.#map(field, field.mapKey, value);
    else if (!field.repeated) {
      out.varint(field.tag);
      this.#value(field.kind, value);
    } else if (!Array.isArray(value)) this.#refuse(expected('an array', value));
    else if (!field.packed) this.#parts(field, value);
    else if (value.length > 0) {
      out.varint(field.tag);
      const start = out.open();
      this.#items(field, value);
      out.close(start);
    }
  }

  /** The items part by part, those that are known as they are; as one part, if the list was not joined. */
  #parts(field: FieldPlan, list: readonly unknown[]): void {
    const parts = field.kind.type === 'message' ? partsOfMessages(list) : undefined;
    if (parts === undefined) return this.#items(field, list);
    let position = 0;
    for (const part of parts) {
      const known = encodedParts.get(part);
      if (known?.field === field) this.#out.raw(known.bytes);
      else {
        const start = this.#out.length;
        this.#items(field, part, position);
        encodedParts.set(part, { field, bytes: this.#out.since(start) });
      }
      position += part.length;
    }
  }

  /** `position` is that of the first item in the whole list. */
  #items({ kind, tag, packed }: FieldPlan, items: readonly unknown[], position = 0): void {
    for (let index = 0; index < items.length; index += 1) {
      this.#trail?.push(position + index);
      if (!packed) this.#out.varint(tag);
      this.#value(kind, items[index]);
      this.#trail?.pop();
    }
  }

  /** A list of messages with the key as field 1 and the value as field 2 (protobuf.dev, "Encoding: Maps"). */
  #map({ tag, kind }: FieldPlan, key: Scalar, value: unknown): void {
    const out = this.#out;
    if (!isRecord(value)) this.#refuse(expected('a map', value));
    for (const name of Object.keys(value).sort()) {
      this.#trail?.push(name);
      out.varint(tag);
      const start = out.open();
      out.varint(tagOf(1, key.wireType));
      this.#scalar(key, name);
      out.varint(tagOf(2, wireTypeOf(kind)));
      this.#value(kind, value[name]);
      out.close(start);
      this.#trail?.pop();
    }
  }

  #value(kind: FieldKind, value: unknown): void {
    switch (kind.type) {
      case 'message':
        return this.#nested(kind.plan(), value);
      case 'enum':
        return this.#enum(kind, value);
      case 'scalar':
        return this.#scalar(kind.scalar, value);
    }
  }

  #nested(plan: MessagePlan, value: unknown): void {
    const once = plan.encodedOnce && isRecord(value);
    const known = once ? encodedMessages.get(value) : undefined;
    if (known !== undefined) return this.#out.bytes(known);
    const start = this.#out.open();
    this.message(plan, value);
    if (once) encodedMessages.set(value, this.#out.since(start + 1));
    this.#out.close(start);
  }

  #enum({ name, values, names }: Extract<FieldKind, { type: 'enum' }>, value: unknown): void {
    const number = typeof value === 'string' ? values.get(value) : value;
    if (typeof number !== 'number' || !names.has(number))
      this.#refuse(`not a value of ${name}; expected one of ${[...values.keys()].join(', ')}`);
    writeInteger(this.#out, number);
  }

  #scalar(scalar: Scalar, value: unknown): void {
    const problem = scalar.problem(value);
    if (problem !== undefined) this.#refuse(problem);
    scalar.write(this.#out, value);
  }

  #checkAny({ type_url: url }: Readonly<Record<string, unknown>>): void {
    const text = typeof url === 'string' ? url : undefined;
    if (text?.startsWith(TYPE_URL_PREFIX) === true && findPlan(text.slice(TYPE_URL_PREFIX.length)) !== undefined)
      return;
    this.#refuse(`unknown type ${text === undefined ? '(no type_url)' : `"${text}"`} in a google.protobuf.Any`);
  }

  #refuse(problem: string): never {
    throw new StrictProblem(this.#trail, problem);
  }
}

/** Whether these fields are there, and in this order. */
function hasLayout(value: Readonly<Record<string, unknown>>, { names }: Layout): boolean {
  let count = 0;
  for (const name in value) {
    const given = value[name];
    if (given === undefined || given === null) continue;
    if (names[count] !== name) return false;
    count += 1;
  }
  return count === names.length;
}

function unknownField(plan: MessagePlan, name: string): string {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const hint = snake !== name && plan.fields.has(snake) ? `; did you mean "${snake}"?` : '';
  return `${plan.name} has no field "${name}"${hint}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
