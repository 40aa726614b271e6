import { type SchemaNode, choicesOf, isNode, valuesOf } from '../../src/model/fields';
import type { AnyDefinition, Definition } from '../../src/model/definition';
import { KIND_MODELS, type Kind } from '../../src/model/kinds';

/** Paths of fields that were read, written as those of `fieldsOf`, by kind. */
export type Reads = ReadonlyMap<Kind, ReadonlySet<string>>;

/**
 * Wraps definitions so that every field that is asked for by its name is noted. Going through all fields of an object at once (a
 * spread, `Object.entries`, `JSON.stringify`) does not count, as it reads whatever there is; going through a mapping whose keys
 * are the user's does.
 */
export class ReadRecorder {
  readonly #reads = new Map<Kind, Set<string>>();

  get reads(): Reads {
    return this.#reads;
  }

  /** A Secret is left as it is: what is decoded from it is not what its schema describes. */
  wrap(definition: AnyDefinition): AnyDefinition {
    if (definition.kind === 'Secret') return definition;
    const reads = this.#reads.get(definition.kind) ?? new Set<string>();
    this.#reads.set(definition.kind, reads);
    const spec = recorded(definition.spec, KIND_MODELS[definition.kind].schema, '', (path) => reads.add(path));
    const wrapped: Definition = { ...definition, spec };
    return wrapped as AnyDefinition;
  }
}

/** A value whose fields, as the schema knows them, are noted when they are read by name. */
export function recorded<T extends object>(
  value: T,
  schema: SchemaNode,
  path: string,
  note: (path: string) => void,
): T {
  const children = new Map<PropertyKey, unknown>();
  /** Fields that are about to be read because somebody asked for all of them. */
  const enumerated = new Set<PropertyKey>();
  return new Proxy(value, {
    ownKeys: (target) => {
      const keys = Reflect.ownKeys(target);
      for (const key of keys) enumerated.add(key);
      return keys;
    },
    get: (target, key) => {
      const read: unknown = Reflect.get(target, key);
      const child = childOf(schema, path, key, Array.isArray(target));
      if (child === undefined) return read;
      if (!enumerated.delete(key) && child.named) note(child.path);
      if (typeof read !== 'object' || read === null) return read;
      if (!children.has(key)) children.set(key, recorded(read, child.schema, child.path, note));
      return children.get(key);
    },
  });
}

interface Child {
  readonly path: string;
  readonly schema: SchemaNode;
  /** A field that the schema names, unlike an item of a list or a key of the user's. */
  readonly named: boolean;
}

function childOf(schema: SchemaNode, path: string, key: PropertyKey, isList: boolean): Child | undefined {
  if (typeof key === 'symbol') return undefined;
  const choices = choicesOf(schema);
  if (isList) {
    const items = choices.map((choice) => choice['items']).find(isNode);
    return /^\d+$/.test(String(key)) ? { path: `${path}[]`, schema: items ?? {}, named: false } : undefined;
  }
  for (const { properties } of choices) {
    const field = isNode(properties) && Object.hasOwn(properties, key) ? properties[String(key)] : undefined;
    if (isNode(field))
      return { path: path === '' ? String(key) : `${path}.${String(key)}`, schema: field, named: true };
  }
  const [value] = choices.flatMap(valuesOf);
  return value === undefined ? undefined : { path: `${path}.<name>`, schema: value, named: false };
}
