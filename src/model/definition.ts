import type { Diagnostic, Location, Subject } from '../diagnostics/diagnostic';
import type { Path } from './document';
import type { Kind, Specs } from './kinds';

export interface Metadata {
  readonly name: string;
  /** `default` where the document names none. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A definition that passed its schema: typed, normalised to v3alpha1, with the way back to its text. */
export interface Definition<K extends Kind = Kind> {
  readonly kind: K;
  readonly metadata: Metadata;
  readonly spec: Specs[K];
  /** The node groups it belongs to (`spec.ambassador_id`, an annotation on Ingress and IngressClass; default `['default']`); `'*'` for kinds that have no such thing, such as Secret. */
  readonly ambassadorIds: readonly string[] | '*';
  /** The definition that it was made from, such as an Ingress, or the Service whose annotation holds it. */
  readonly madeFrom?: Subject;
  /** Position of a value inside the document; paths are those of the v3alpha1 form, mapped back for v2 documents. */
  at(path: Path, part?: 'key' | 'value'): Location;
}

/** A definition of any kind; testing its `kind` narrows its `spec`. */
export type AnyDefinition = { readonly [K in Kind]: Definition<K> }[Kind];

/** What one Document turned into. */
export interface Decoded {
  /** Kind, namespace and name as far as they could be read, even if the rest could not. */
  readonly subject?: Subject;
  /**
   * The definition. Present although `rejected` where only fields that do not decide *which requests it takes* are wrong,
   * so that those requests can be answered with 503 instead of falling through to another definition.
   */
  readonly definition?: AnyDefinition;
  /** Present where all that is wrong may be left out (KindModel.dispensable), and `definition` is served without it. */
  readonly contained?: true;
  /** True if any diagnostic is an error. */
  readonly rejected: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

const keys = new WeakMap<Subject, string>();
const subjects = new WeakMap<Metadata, Subject>();

/** `Kind namespace/name`, the key under which a definition is unique. */
export function keyOf(subject: Subject): string {
  let key = keys.get(subject);
  if (key === undefined) {
    key = `${subject.kind} ${subject.namespace}/${subject.name}`;
    keys.set(subject, key);
  }
  return key;
}

/** The same object each time for the same definition. */
export function subjectOf({ kind, metadata }: Definition): Subject {
  let subject = subjects.get(metadata);
  if (subject === undefined) {
    subject = { kind, namespace: metadata.namespace, name: metadata.name };
    subjects.set(metadata, subject);
  }
  return subject;
}
