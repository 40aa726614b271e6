import { descriptors } from '@envoyproxy/protos';

/** A message, an enum or a package, as protobufjs’ JSON has it. */
export interface Descriptor {
  readonly nested?: Readonly<Record<string, Descriptor>>;
  /** Of a message. */
  readonly fields?: Readonly<Record<string, FieldDescriptor>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  /** Of an enum. */
  readonly values?: Readonly<Record<string, number>>;
}

export interface FieldDescriptor {
  /** A scalar, or a name that is looked for from the field’s message outwards. */
  readonly type: string;
  readonly id: number;
  readonly rule?: 'repeated';
  /** Of a map. */
  readonly keyType?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A descriptor by its full name; undefined if there is none. */
export function findDescriptor(name: string): Descriptor | undefined {
  let found: Descriptor | undefined = descriptors;
  for (const part of name.split('.')) {
    const nested: Descriptor['nested'] = found?.nested;
    found = nested !== undefined && Object.hasOwn(nested, part) ? nested[part] : undefined;
  }
  return found;
}

/** What a type name means inside a message: the innermost scope that has it wins (protobuf.dev, "Packages and name resolution"). */
export function resolveType(
  type: string,
  message: string,
): { readonly name: string; readonly descriptor: Descriptor } | undefined {
  for (let scope = message; ; scope = scope.slice(0, Math.max(0, scope.lastIndexOf('.')))) {
    const name = scope === '' ? type : `${scope}.${type}`;
    const descriptor = findDescriptor(name);
    if (descriptor?.fields !== undefined || descriptor?.values !== undefined) return { name, descriptor };
    if (scope === '') return undefined;
  }
}
