import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { keyOf } from '../model/definition';
import type { Document } from '../model/document';
import { holderOf } from '../model/embedded';
import { type FieldSelector, fieldsSelected } from './field-selector';
import { type LabelSelector, labelsSelected } from './label-selector';

/** Which definitions are read at all: the operator’s restriction, where there is one. */
export interface Selection {
  /** `AMBASSADOR_SINGLE_NAMESPACE`: only those of this namespace. IngressClasses, which have none, are then not looked up. */
  readonly namespace?: string;
  /** `AMBASSADOR_CERTS_SINGLE_NAMESPACE`: of the Secrets, only those of this namespace. */
  readonly secretNamespace?: string;
  /** `AMBASSADOR_LABEL_SELECTOR`, of every kind, Secrets and Services included. */
  readonly labels?: LabelSelector;
  /** `AMBASSADOR_FIELD_SELECTOR`, of every kind. */
  readonly fields?: FieldSelector;
}

type Reason = 'namespace' | 'labels' | 'fields';

const WORDS: Readonly<Record<Reason, string>> = {
  namespace: 'of other namespaces',
  labels: 'not selected by their labels',
  fields: 'not selected by their fields',
};

interface Selected {
  readonly documents: readonly Document[];
  readonly diagnostics: readonly Diagnostic[];
  readonly left: LeftOut;
}

/** What is in the input and not read, by `keyOf`, with the reason in words. */
export type LeftOut = ReadonlyMap<string, string>;

const NONE: LeftOut = new Map();

/**
 * Leaves out what the operator does not want to be read, and says how much that is. A definition in an annotation goes with the object that
 * it stands on.
 */
export function select(documents: readonly Document[], selection: Selection | undefined): Selected {
  if (selection === undefined || Object.keys(selection).length === 0) return { documents, diagnostics: [], left: NONE };
  const counts = new Map<Reason, number>();
  const left = new Map<string, Reason>();
  const selected = documents.filter((document) => {
    const reason = reasonToLeave(document, selection, left);
    if (reason === undefined) return true;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return false;
  });
  if (counts.size === 0) return { documents, diagnostics: [], left: NONE };
  const parts = [...counts].map(([reason, count]) => `${count} ${WORDS[reason]}`);
  const count = documents.length - selected.length;
  const message = `${count} of ${documents.length} definitions ${count === 1 ? 'is' : 'are'} not read: ${parts.join(', ')}`;
  const words = new Map([...left].map(([key, reason]) => [key, WORDS[reason]]));
  return { documents: selected, diagnostics: [diagnostic('CS1034', { message })], left: words };
}

/** Undefined if the document is to be read. */
function reasonToLeave(
  { value, madeFrom }: Document,
  selection: Selection,
  left: Map<string, Reason>,
): Reason | undefined {
  if (!isObject(value)) return undefined;
  const subject = holderOf(value);
  const reason =
    madeFrom === undefined
      ? reasonAmong(value, subject, selection)
      : (left.get(keyOf(madeFrom)) ?? namespaceReason(subject, selection));
  if (reason !== undefined && madeFrom === undefined) left.set(keyOf(subject), reason);
  return reason;
}

type Subject = ReturnType<typeof holderOf>;

function reasonAmong(value: Fields, subject: Subject, selection: Selection): Reason | undefined {
  const { metadata } = value;
  const labels = readableLabels(metadata);
  // One whose labels cannot be read may be meant: it is refused for them, not passed over.
  if (selection.labels !== undefined && labels !== undefined && !labelsSelected(selection.labels, labels))
    return 'labels';
  if (selection.fields !== undefined && !fieldsSelected(selection.fields, subject)) return 'fields';
  return namespaceReason(subject, selection);
}

/** Undefined if they are no labels, or not all of them are. */
function readableLabels(metadata: unknown): Fields | undefined {
  const labels = isObject(metadata) ? (metadata['labels'] ?? {}) : {};
  return isObject(labels) && Object.values(labels).every((label) => typeof label === 'string') ? labels : undefined;
}

function namespaceReason({ kind, namespace }: Subject, selection: Selection): Reason | undefined {
  // IngressClasses are in no namespace.
  if (kind === 'IngressClass') return undefined;
  const wanted = selection.namespace ?? (kind === 'Secret' ? selection.secretNamespace : undefined);
  return wanted === undefined || namespace === wanted ? undefined : 'namespace';
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
