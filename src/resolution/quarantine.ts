import type { Diagnostic, Subject } from '../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from '../model/definition';

/**
 * How much of a definition is out of service: all of it, only the TLS side of a Host, only the upstream use of a
 * TLSContext, only the cleartext routes of a Host, only a Mapping’s share of its group (the others take its requests), or only
 * single settings of a Module.
 */
export type QuarantineScope = 'all' | 'tls' | 'upstream' | 'cleartext' | 'share' | 'settings';

/** A finding of a rule. An error takes its subject out of service within the scope; the default is `all`. */
export interface Violation {
  readonly diagnostic: Diagnostic;
  readonly scope?: QuarantineScope;
  /** The severity that an error is told with, where being out of service is what was to be expected. */
  readonly toldAs?: 'info';
}

/** The definitions that can't be honoured, and why. Quarantine is per object: everything else is served. */
export class Quarantine {
  readonly #entries = new Map<string, Map<QuarantineScope, Diagnostic>>();
  readonly #names = new Set<string>();
  #content = '';
  readonly #unread: { readonly subject: Subject; readonly reason: Diagnostic }[] = [];

  /** Takes the subject of an error out of service; other severities change nothing. The first reason of a scope stays. */
  add({ diagnostic, scope = 'all' }: Violation): void {
    if (diagnostic.severity !== 'error' || diagnostic.subject === undefined) return;
    const key = keyOf(diagnostic.subject);
    const scopes = this.#entries.get(key) ?? new Map<QuarantineScope, Diagnostic>();
    if (!scopes.has(scope)) {
      scopes.set(scope, diagnostic);
      this.#content += `${JSON.stringify([key, scope, diagnostic.code])}\n`;
    }
    this.#entries.set(key, scopes);
    this.#names.add(diagnostic.subject.name);
  }

  /** Takes a definition out of service of which nothing can be used: not even its node groups are known. */
  addUnread(diagnostic: Diagnostic): void {
    this.add({ diagnostic });
    if (diagnostic.severity !== 'error' || diagnostic.subject === undefined) return;
    this.#unread.push({ subject: diagnostic.subject, reason: diagnostic });
    this.#content += `${JSON.stringify(keyOf(diagnostic.subject))}\n`;
  }

  /** The first definition of that kind of which nothing can be used, whatever its node groups are. */
  unread(kind: string): { readonly subject: Subject; readonly reason: Diagnostic } | undefined {
    return this.#unread.find(({ subject }) => subject.kind === kind);
  }

  /** An independent copy, for one node group to add to. */
  copy(): Quarantine {
    const copy = new Quarantine();
    for (const [key, scopes] of this.#entries) copy.#entries.set(key, new Map(scopes));
    copy.#unread.push(...this.#unread);
    for (const name of this.#names) copy.#names.add(name);
    copy.#content = this.#content;
    return copy;
  }

  /** Why the subject is out of service in that scope, or altogether; undefined if it is served. */
  reason(subject: Subject, scope: QuarantineScope = 'all'): Diagnostic | undefined {
    // Most are not even of a name that is out of service.
    const scopes = this.#names.has(subject.name) ? this.#entries.get(keyOf(subject)) : undefined;
    return scopes?.get('all') ?? (scope === 'all' ? undefined : scopes?.get(scope));
  }

  /** As `reason`, of a definition. */
  reasonFor(definition: Definition, scope: QuarantineScope = 'all'): Diagnostic | undefined {
    return this.#names.has(definition.metadata.name) ? this.reason(subjectOf(definition), scope) : undefined;
  }

  /** Whether anything of that kind is out of service altogether, even one of which only the kind could be read. */
  holdsKind(kind: string): boolean {
    for (const [key, scopes] of this.#entries) if (key.startsWith(`${kind} `) && scopes.has('all')) return true;
    return false;
  }

  /** Equal for two with the same definitions out of service, in the same scopes and by the same codes. */
  get content(): string {
    return this.#content;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The keys (`keyOf`) of all definitions that are out of service, wholly or in part. */
  keys(): Iterable<string> {
    return this.#entries.keys();
  }
}
