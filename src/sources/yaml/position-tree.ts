import { type Event, EVENT_ID, type ScalarEvent, SCALAR_STYLE, getScalarValue, parseEvents } from 'js-yaml';
import type { Path } from '../../model/document';
import { LIMITS } from './limits';

/** Offsets into the text, end-exclusive; `end` only where the node is one word on one line. */
export interface Span {
  readonly start: number;
  readonly end?: number;
}

interface Node {
  readonly span: Span;
  readonly entries?: readonly Entry[];
  readonly items?: readonly Node[];
}

interface Entry {
  readonly name: string;
  readonly key: Span;
  readonly value: Node;
}

/**
 * Where the values of a text that js-yaml accepted stand in it. Made from js-yaml's own events, so that it can't disagree
 * with the values, and only when somebody asks for a position.
 */
export class PositionTree {
  readonly #documents: readonly Node[];

  constructor(text: string) {
    this.#documents = new Builder(text).documents();
  }

  /** The value at `path` in the document, or its key; where there is none, the key of the nearest ancestor. */
  find(document: number, path: Path, part: 'key' | 'value'): Span | undefined {
    let node = this.#documents[document];
    let key: Span | undefined;
    for (const step of path) {
      const entry = node?.entries?.findLast(({ name }) => name === String(step));
      const item = typeof step === 'number' ? node?.items?.[step] : undefined;
      if (entry === undefined && item === undefined) return key ?? node?.span;
      node = entry?.value ?? item;
      key = entry?.key;
    }
    return part === 'key' ? (key ?? node?.span) : node?.span;
  }
}

class Builder {
  readonly #text: string;
  readonly #events: readonly Event[];
  #next = 0;
  #anchors = new Map<string, Node>();

  constructor(text: string) {
    this.#text = text;
    this.#events = parseEvents(text, { maxDepth: LIMITS.depth });
  }

  documents(): readonly Node[] {
    const documents: Node[] = [];
    while (this.#next < this.#events.length) {
      const event = this.#events[this.#next++];
      if (event?.type !== EVENT_ID.DOCUMENT) continue;
      this.#anchors = new Map();
      if (this.#events[this.#next]?.type === EVENT_ID.POP) documents.push({ span: { start: 0 } });
      else documents.push(this.#node({ start: 0 }));
    }
    return documents;
  }

  /** `fallback` is where an empty value is said to be: at its key. */
  #node(fallback: Span): Node {
    const event = this.#events[this.#next++];
    if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP)
      return { span: fallback };
    if (event.type === EVENT_ID.ALIAS) {
      const target = this.#anchors.get(this.#text.slice(event.anchorStart, event.anchorEnd));
      return { ...target, span: { start: event.anchorStart - 1, end: event.anchorEnd } };
    }
    const node = this.#anchored(event, fallback);
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node);
    return node;
  }

  #anchored(event: Exclude<Event, { type: 1 | 5 | 6 }>, fallback: Span): Node {
    if (event.type === EVENT_ID.SCALAR) return { span: this.#scalarSpan(event, fallback) };
    const span = { start: event.start };
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: Node[] = [];
      while (!this.#popped()) items.push(this.#node(span));
      return { span, items };
    }
    const entries: Entry[] = [];
    while (!this.#popped()) {
      const keyEvent = this.#events[this.#next];
      const key = this.#node(span);
      const name = keyEvent?.type === EVENT_ID.SCALAR ? getScalarValue(this.#text, keyEvent) : '';
      entries.push({ name, key: key.span, value: this.#node(key.span) });
    }
    return { span, entries };
  }

  #popped(): boolean {
    const event = this.#events[this.#next];
    if (event !== undefined && event.type !== EVENT_ID.POP) return false;
    this.#next++;
    return true;
  }

  #scalarSpan(event: ScalarEvent, fallback: Span): Span {
    const { valueStart, valueEnd, style } = event;
    if (valueStart < 0) return fallback;
    if (style === SCALAR_STYLE.LITERAL_BLOCK) return { start: this.#text.lastIndexOf('|', valueStart) };
    if (style === SCALAR_STYLE.FOLDED_BLOCK) return { start: this.#text.lastIndexOf('>', valueStart) };
    const quotes = style === SCALAR_STYLE.PLAIN ? 0 : 1;
    const span = { start: valueStart - quotes, end: valueEnd + quotes };
    return this.#text.slice(span.start, span.end).includes('\n') ? { start: span.start } : span;
  }
}
