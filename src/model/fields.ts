import type { FieldNotes, KindModel } from './kinds/kind-model';

/** A node of a JSON Schema. */
export type SchemaNode = Readonly<Record<string, unknown>>;

/** One field of a definition, with what its schema says of it. */
export interface Field {
  /** From the spec: `a.b[].c`, and `headers.<name>` below a mapping whose keys are the user's. */
  readonly path: string;
  readonly schema: SchemaNode & Partial<FieldNotes>;
  readonly required: boolean;
  /** It only holds other fields, and has no meaning of its own. */
  readonly container: boolean;
  /** It is inside a field that Ambassador does not have; the path of that one. */
  readonly addedWith: string | undefined;
}

/** Every field of a kind, each before those inside it. */
export function fieldsOf({ schema }: Pick<KindModel, 'schema'>): readonly Field[] {
  const fields = fieldsIn(schema, '');
  const additions = fields.filter(({ schema: { 'x-ambassador': note = '' } }) => note.startsWith('Addition: '));
  return fields.map((field) => {
    const parent = additions.find(
      ({ path }) => field.path.startsWith(`${path}.`) || field.path.startsWith(`${path}[]`),
    );
    return parent === undefined ? field : { ...field, addedWith: parent.path };
  });
}

function fieldsIn(node: SchemaNode, path: string): readonly Field[] {
  const required: readonly unknown[] = Array.isArray(node['required']) ? node['required'] : [];
  const own = Object.entries(isNode(node['properties']) ? node['properties'] : {}).flatMap(([name, value]) => {
    if (!isNode(value)) return [];
    const at = path === '' ? name : `${path}.${name}`;
    const inside = fieldsIn(value, at);
    const container = inside.length > 0 && choicesOf(value).every((choice) => isObject(choice) || isList(choice));
    return [{ path: at, schema: value, required: required.includes(name), container, addedWith: undefined }, ...inside];
  });
  const items = isNode(node['items']) ? fieldsIn(node['items'], `${path}[]`) : [];
  const values = valuesOf(node).flatMap((value) => fieldsIn(value, `${path}.<name>`));
  const choices = choicesOf(node).flatMap((choice) => (choice === node ? [] : fieldsIn(choice, path)));
  return [...own, ...items, ...values, ...choices];
}

/** The schemas of the values of a mapping whose keys are the user's. */
export function valuesOf(node: SchemaNode): readonly SchemaNode[] {
  const patterns = isNode(node['patternProperties']) ? Object.values(node['patternProperties']) : [];
  return [...patterns, node['additionalProperties']].filter(isNode);
}

/** The alternatives of a union that have a type; the node itself where it is none. */
export function choicesOf(node: SchemaNode): readonly SchemaNode[] {
  const choices = [node['anyOf'], node['oneOf']].flat().filter(isNode);
  const typed = choices.filter((choice) => 'type' in choice || 'const' in choice || 'anyOf' in choice);
  return typed.length === 0 ? [node] : typed;
}

function isObject(node: SchemaNode): boolean {
  return node['type'] === 'object';
}

function isList(node: SchemaNode): boolean {
  return node['type'] === 'array';
}

export function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
