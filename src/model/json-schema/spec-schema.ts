import { type Fields, isFields } from '../decoding/problem';
import type { KindModel } from '../kinds/kind-model';
import type { JsonSchema } from './json-schema';

/** Where a field is said not to work, editors strike it through and show this. Read by VS Code and yaml-language-server. */
export const DEPRECATION = 'deprecationMessage';

type Extras = Pick<KindModel, 'strict' | 'unsupported' | 'ignored'>;

/**
 * What a kind's schema says, for editors: as plain JSON, with the notes of each field in its description, and with the fields that
 * are refused or passed over by name. Where the kind is not strict, null means absent.
 */
export function specSchema({ schema, ...extras }: KindModel): JsonSchema {
  const plain: unknown = JSON.parse(JSON.stringify(schema));
  return node(isFields(plain) ? plain : {}, '', extras);
}

/** `path` is dotted, with `*` for an index, as in `unsupported`. */
function node(schema: Fields, path: string, extras: Extras): JsonSchema {
  const {
    'x-envoy': envoy,
    'x-selects': selects,
    'x-ambassador': ambassador,
    'x-fix': _fix,
    description,
    ...rest
  } = schema;
  const notes = [
    note('', description),
    note('In Envoy: ', envoy),
    note('Selects ', selects),
    note('Unlike Ambassador: ', ambassador),
  ];
  return {
    ...rest,
    ...(notes.some((each) => each !== '') && { description: notes.filter((each) => each !== '').join('\n\n') }),
    ...(isFields(rest['properties']) && { properties: properties(rest, rest['properties'], path, extras) }),
    ...(isFields(rest['items']) && { items: node(rest['items'], `${path}.*`, extras) }),
    ...(isFields(rest['patternProperties']) && {
      patternProperties: mapped(rest['patternProperties'], (value) =>
        optional(node(value, `${path}.*`, extras), extras),
      ),
    }),
    ...(Array.isArray(rest['enum']) && { enum: [...rest['enum'], ...tolerated(path, extras)] }),
    ...choices('anyOf', rest, path, extras),
    ...choices('oneOf', rest, path, extras),
  };
}

function note(label: string, text: unknown): string {
  return typeof text === 'string' ? `${label}${text}` : '';
}

function properties(parent: Fields, own: Fields, path: string, extras: Extras): JsonSchema {
  const required: readonly unknown[] = Array.isArray(parent['required']) ? parent['required'] : [];
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const known = mapped(own, (value, name) => {
    const field = node(value, at(name), extras);
    return required.includes(name) ? field : optional(field, extras);
  });
  return { ...known, ...refused(path, extras), ...passedOver(path, extras) };
}

/** The fields of one level that are not supported. Those whose loss is an error are refused, with the reason. */
function refused(path: string, { unsupported }: Extras): JsonSchema {
  return Object.fromEntries(
    Object.entries(unsupported)
      .filter(([name]) => !name.includes('=') && isDirectlyBelow(path, name))
      .map(([name, { severity, effect }]) => [
        lastOf(name),
        { [DEPRECATION]: `Not supported yet: ${effect}`, ...(severity === 'error' && { not: {} }) },
      ]),
  );
}

function passedOver(path: string, { ignored }: Extras): JsonSchema {
  return Object.fromEntries(
    Object.entries(ignored ?? {})
      .filter(([name]) => isDirectlyBelow(path, name))
      .map(([name, reason]) => [lastOf(name), { [DEPRECATION]: `Has no effect: ${reason}` }]),
  );
}

/** Values that are not supported but only warned of. */
function tolerated(path: string, { unsupported }: Extras): readonly string[] {
  return Object.entries(unsupported).flatMap(([name, { severity }]) =>
    severity !== 'error' && name.startsWith(`${path}=`) ? [name.slice(path.length + 1)] : [],
  );
}

/** The API server takes null for absent, in its own kinds. */
function optional(field: JsonSchema, { strict }: Extras): JsonSchema {
  if (strict) return field;
  const { type, anyOf } = field;
  if (Array.isArray(anyOf)) return { ...field, anyOf: [...anyOf, { type: 'null' }] };
  const values = Array.isArray(field['enum']) ? { enum: [...field['enum'], null] } : {};
  return typeof type === 'string' ? { ...field, type: [type, 'null'], ...values } : field;
}

function choices(keyword: 'anyOf' | 'oneOf', { [keyword]: value }: Fields, path: string, extras: Extras): JsonSchema {
  if (!Array.isArray(value)) return {};
  return { [keyword]: value.map((choice: unknown) => (isFields(choice) ? node(choice, path, extras) : choice)) };
}

function mapped(fields: Fields, make: (value: Fields, name: string) => JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isFields(value) ? make(value, name) : value]),
  );
}

function isDirectlyBelow(path: string, name: string): boolean {
  const dot = name.lastIndexOf('.');
  return (dot < 0 ? '' : name.slice(0, dot)) === path;
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
