import { createHash } from 'node:crypto';
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { isFields } from '../model/decoding/problem';
import type { Document } from '../model/document';

/** Fewer may always go: somebody tries something out, or has little. */
const FEW = 5;
/** How many names a finding lists. */
const LISTED = 5;

/** Kinds that a cluster has of its own accord: with nothing else, nothing is defined. */
const OF_THE_CLUSTER: ReadonlySet<string> = new Set(['Service', 'EndpointSlice', 'Endpoints', 'IngressClass']);

/** What the sources have, after the guard has looked at it. */
export interface Guarded {
  /** With those that are gone and not let go yet. */
  readonly documents: readonly Document[];
  readonly diagnostics: readonly Diagnostic[];
  /** Confirms this very deletion; absent: nothing is held back. */
  readonly token?: string;
}

/**
 * Holds back a deletion that is too large to be meant: an empty checkout, a selector with a typing error, a volume that was
 * mounted elsewhere. What is new or changed goes through; what is gone stays as it was until it comes back, or the
 * deletion is confirmed.
 */
export class DeletionGuard {
  readonly #maxShare: number;
  #inService: readonly Document[] | undefined;
  #judged = false;
  #confirmed: string | undefined;
  #token: string | undefined;

  /**
   * @param maxShare Of the definitions, 0 to 1, that may go at once; 1 turns the guard off.
   * @param restored what was in service before the process started
   */
  constructor(maxShare: number, restored: readonly Document[] = []) {
    this.#maxShare = maxShare;
    if (restored.length > 0) this.#inService = restored;
  }

  /** What was let through last, with what is held back; nothing while the guard is off. */
  get inService(): readonly Document[] {
    return this.#inService ?? [];
  }

  /** Undefined: nothing at all may be published, since nothing was there and nothing is. */
  judge(documents: readonly Document[]): Guarded | undefined {
    if (this.#maxShare >= 1) return { documents, diagnostics: [] };
    const before = this.#inService;
    const isFirst = !this.#judged;
    if (before === undefined) {
      if (!documents.some(isDefinition)) return undefined;
      this.#inService = documents;
      this.#judged = true;
      return { documents, diagnostics: [] };
    }
    const gone = goneOf(before, documents);
    const token = gone.length > 0 ? tokenOf(gone) : undefined;
    const large = gone.length >= FEW && gone.length > before.length * this.#maxShare;
    if (isFirst && !large && documents.length === 0) return undefined;
    this.#judged = true;
    if (token === undefined || !large || token === this.#confirmed) {
      this.#token = undefined;
      this.#confirmed = undefined;
      this.#inService = documents;
      return { documents, diagnostics: [] };
    }
    this.#token = token;
    this.#inService = [...documents, ...gone];
    return { documents: this.#inService, diagnostics: [heldBack(gone, before.length, token)], token };
  }

  /** Lets the deletion that is held back go, if that is its token. */
  confirm(token: string): boolean {
    if (this.#token === undefined || token !== this.#token) return false;
    this.#confirmed = token;
    return true;
  }
}

const names = new WeakMap<Document, string>();

/** Those of `before` whose names are not there any more. Mostly each stands where it stood, if it is not the very same. */
function goneOf(before: readonly Document[], documents: readonly Document[]): readonly Document[] {
  const isInPlace = (document: Document, index: number) => {
    const earlier = before[index];
    return document === earlier || (earlier !== undefined && nameOf(document) === nameOf(earlier));
  };
  if (documents.length === before.length && documents.every(isInPlace)) return [];
  const known = new Set(documents.map(nameOf));
  return before.filter((document) => !known.has(nameOf(document)));
}

/** The kind, namespace and name; what has none is only itself while its text does not change. */
function nameOf(document: Document): string {
  let name = names.get(document);
  if (name === undefined) {
    const { kind, metadata } = isFields(document.value) ? document.value : {};
    const { namespace, name: own } = isFields(metadata) ? metadata : {};
    const named = typeof kind === 'string' && typeof own === 'string';
    name = named
      ? `${kind} ${typeof namespace === 'string' ? namespace : 'default'}/${own}`
      : `a definition without a name in ${placeOf(document)}`;
    names.set(document, name);
  }
  return name;
}

function isDefinition({ value }: Document): boolean {
  return !isFields(value) || typeof value['kind'] !== 'string' || !OF_THE_CLUSTER.has(value['kind']);
}

function placeOf(document: Document): string {
  const { file, line } = document.locate([]);
  return `${file}:${line}`;
}

function tokenOf(gone: readonly Document[]): string {
  return createHash('sha256').update(gone.map(nameOf).toSorted().join('\0')).digest('hex').slice(0, 12);
}

function heldBack(gone: readonly Document[], before: number, token: string): Diagnostic {
  const listed = gone.slice(0, LISTED).map(nameOf).join(', ');
  const more = gone.length > LISTED ? `, and ${gone.length - LISTED} more` : '';
  return {
    ...diagnostic('CS6002', {
      message: `${gone.length} of ${before} definitions are gone at once: ${listed}${more}`,
      fix: `bring them back; or, if that is meant, POST to /deletions/${token} on the admin port, with the header \`x-countersign-confirm: yes\``,
    }),
    consequence: 'they stay in service as they were; what is new or changed is served',
  };
}
