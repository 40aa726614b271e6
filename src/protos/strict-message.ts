import { type FieldKind, type FieldPlan, findPlan, type MessagePlan } from './message-plan';
import { expected } from './scalar';

export const TYPE_URL_PREFIX = 'type.googleapis.com/';

/** Names and indices from the message down to a value. Kept only when a refusal is to be explained: it costs as much as the check. */
export type Trail = (string | number)[] | undefined;

/** What went wrong and where; the codec adds the name of the message. */
export class StrictProblem extends Error {
  readonly path: string;

  constructor(trail: Trail, problem: string) {
    super(problem);
    this.path = (trail ?? [])
      .map((step) => (typeof step === 'number' ? `[${String(step)}]` : `.${step}`))
      .join('')
      .replace(/^\./, '');
  }
}

/**
 * Checks a message as its generated type describes it (snake_case, enum values by name) and returns what protobufjs
 * encodes: enum values as numbers, maps in the order of their keys so that equal messages have equal bytes.
 */
export function strictMessage(plan: MessagePlan, value: unknown, trail: Trail): Record<string, unknown> {
  if (!isRecord(value)) throw new StrictProblem(trail, expected('an object', value));
  const result: Record<string, unknown> = {};
  let oneofs: Map<string, string> | undefined;
  for (const name in value) {
    const given = value[name];
    if (given === undefined || given === null) continue;
    const field = plan.fields.get(name);
    if (field === undefined) throw new StrictProblem(trail, unknownField(plan, name));
    if (field.oneof !== undefined) {
      oneofs ??= new Map();
      const other = oneofs.get(field.oneof);
      if (other !== undefined)
        throw new StrictProblem(trail, `"${other}" and "${name}" exclude each other (oneof ${field.oneof})`);
      oneofs.set(field.oneof, name);
    }
    trail?.push(name);
    result[name] = strictField(field, given, trail);
    trail?.pop();
  }
  if (plan.isAny) checkAny(result, trail);
  return result;
}

function strictField(field: FieldPlan, value: unknown, trail: Trail): unknown {
  if (field.mapKey !== undefined) {
    if (!isRecord(value)) throw new StrictProblem(trail, expected('a map', value));
    const sorted: Record<string, unknown> = {};
    for (const key of Object.keys(value).sort()) {
      trail?.push(key);
      sorted[key] = strictValue(field.kind, value[key], trail);
      trail?.pop();
    }
    return sorted;
  }
  if (!field.repeated) return strictValue(field.kind, value, trail);
  if (!Array.isArray(value)) throw new StrictProblem(trail, expected('an array', value));
  return value.map((item: unknown, index) => {
    trail?.push(index);
    const strict = strictValue(field.kind, item, trail);
    trail?.pop();
    return strict;
  });
}

function strictValue(kind: FieldKind, value: unknown, trail: Trail): unknown {
  if (kind.type === 'message') {
    const plan = kind.plan();
    return plan.encodedOnce ? encodedOnce(plan, value, trail) : strictMessage(plan, value, trail);
  }
  if (kind.type === 'enum') {
    if (typeof value === 'string' && Object.hasOwn(kind.values, value)) return kind.values[value];
    if (typeof value === 'number' && kind.names.has(value)) return value;
    throw new StrictProblem(
      trail,
      `not a value of ${kind.name}; expected one of ${Object.keys(kind.values).join(', ')}`,
    );
  }
  const problem = kind.problem(value);
  if (problem !== undefined) throw new StrictProblem(trail, problem);
  return value;
}

const encodedMessages = new WeakMap<object, Uint8Array>();

function encodedOnce(plan: MessagePlan, value: unknown, trail: Trail): Uint8Array {
  const known = isRecord(value) ? encodedMessages.get(value) : undefined;
  if (known !== undefined) return known;
  const bytes = plan.type.encode(strictMessage(plan, value, trail)).finish();
  if (isRecord(value)) encodedMessages.set(value, bytes);
  return bytes;
}

function checkAny(any: Readonly<Record<string, unknown>>, trail: Trail): void {
  const url = any['type_url'];
  if (
    typeof url !== 'string' ||
    !url.startsWith(TYPE_URL_PREFIX) ||
    findPlan(url.slice(TYPE_URL_PREFIX.length)) === undefined
  ) {
    throw new StrictProblem(
      trail,
      `unknown type ${typeof url === 'string' ? `"${url}"` : '(no type_url)'} in a google.protobuf.Any`,
    );
  }
}

function unknownField(plan: MessagePlan, name: string): string {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const hint = snake !== name && plan.fields.has(snake) ? `; did you mean "${snake}"?` : '';
  return `${plan.name} has no field "${name}"${hint}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
