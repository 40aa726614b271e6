import { type TObject, type TSchema, Type } from '@sinclair/typebox';
import type { Severity } from '../../diagnostics/diagnostic';

/** A type whose every level is read-only: what a schema describes, once decoded. */
export type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T;

/** Why a field or value that Ambassador documents has no effect here, and how bad that is. */
export interface Unsupported {
  /**
   * `error` where ignoring it would change who may talk to whom or where requests go; `warning` where it only tunes;
   * `info` where it means nothing to anybody.
   */
  readonly severity: Severity;
  /** What its absence means to the user, as the second half of a sentence. */
  readonly effect: string;
  /** What to do instead, where there is more to it than to remove the field. */
  readonly fix?: string;
}

/**
 * What a schema may say of a field beside JSON Schema's own words; the reference pages are made of it. `default` and
 * `description` are JSON Schema's.
 */
export interface FieldNotes {
  readonly description: string;
  readonly default?: unknown;
  /** What the field becomes in Envoy's configuration, in Envoy's words, such as `route.timeout`. */
  readonly 'x-envoy'?: string;
  /** Instead of `x-envoy`, where nothing in Envoy is made of the field: what it selects, identifies or tells the control plane. */
  readonly 'x-selects'?: string;
  /**
   * How its meaning differs from Ambassador's; absent where it does not. `Better: …` where Ambassador leaves a hole or loses
   * something, `Addition: …` where Ambassador has no such field; anything else is a difference to know of.
   */
  readonly 'x-ambassador'?: string;
  /** What to do about a value of another type, where people are led to write one. */
  readonly 'x-fix'?: string;
}

/** The keywords of FieldNotes that JSON Schema does not know. */
export const NOTE_KEYWORDS = ['x-envoy', 'x-selects', 'x-ambassador', 'x-fix'] as const;

/** One kind of definition: the schema that is the source of its type and its validator, and what else decoding needs. */
export interface KindModel<Schema extends TObject = TObject> {
  /** What definitions of the kind are for, in one sentence; it heads the reference page and shows in editors. */
  readonly about: string;
  /** `apiVersion` without its version: `getambassador.io`, `discovery.k8s.io`, or empty for Kubernetes' core. */
  readonly group: string;
  readonly versions: readonly string[];
  /** What the schema describes: the document's `spec`, or its root where Kubernetes gave the kind no spec. */
  readonly at: 'spec' | 'root';
  readonly schema: Schema;
  /**
   * False for Kubernetes' own kinds: their fields are the API server's business, so unknown ones are tolerated and null
   * means absent.
   */
  readonly strict: boolean;
  /** Fields and values that Ambassador documents and Countersign does not have yet; keys are dotted paths in the spec (`*` for an index), values `path=value`. */
  readonly unsupported: Readonly<Record<string, Unsupported>>;
  /**
   * Fields that mean nothing, to Ambassador as little as to Countersign, with the reason as the second half of a sentence; keys as in
   * `unsupported`. They are accepted with a warning.
   */
  readonly ignored?: Readonly<Record<string, string>>;
  /** Fields of the spec that decide which requests a definition takes. Present only on kinds that take requests. */
  readonly deciding?: readonly string[];
  /**
   * Fields (dotted paths in the spec) that may be left out where they are wrong while the rest is served. Present only on kinds whose other
   * fields guard everything else, so that nothing is served without them.
   */
  readonly dispensable?: readonly string[];
  /** Values for required fields that were dropped from a rejected definition. */
  readonly placeholders?: Readonly<Record<string, unknown>>;
}

/** A string that must be one of `values`. */
export function oneOf<const Values extends readonly string[]>(
  values: Values,
  description: string,
  notes: Omit<FieldNotes, 'description'> = {},
) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], description, ...notes });
}

/** An integer that must be one of `values`. */
export function oneOfIntegers<const Values extends readonly number[]>(
  values: Values,
  description: string,
  notes: Omit<FieldNotes, 'description'> = {},
) {
  return Type.Unsafe<Values[number]>({ type: 'integer', enum: [...values], description, ...notes });
}

/** An object that refuses unknown fields. */
export function strictObject<Properties extends Record<string, TSchema>>(
  properties: Properties,
  options: { readonly description?: string } & Record<string, unknown> = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

export const ambassadorId = Type.Array(Type.String({ minLength: 1 }), {
  description: 'The node groups that the definition belongs to. `_automatic_` belongs to every group.',
  default: ['default'],
  'x-selects': 'Envoys, by `node.metadata.ambassador_id` or `node.cluster`',
});

const label = Type.String({ maxLength: 63 });

/** `matchLabels` only, as in Ambassador: all labels must match. */
export function labelSelector(description: string) {
  const matchLabels = Type.Record(Type.String(), label, {
    description: 'Labels that must all match.',
    'x-selects': 'definitions, by `metadata.labels`',
  });
  return strictObject({ matchLabels: Type.Optional(matchLabels) }, { description });
}
