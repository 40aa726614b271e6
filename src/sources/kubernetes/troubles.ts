import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import type { Trouble } from './reflector';
import { pathOf, type Resource } from './resource';

/** The collections that can’t be read, each with its finding. */
export class Troubles {
  readonly #findings = new Map<string, Diagnostic>();

  get findings(): readonly Diagnostic[] {
    return [...this.#findings.values()];
  }

  get any(): boolean {
    return this.#findings.size > 0;
  }

  /** Takes down what there is to say of a collection now; returns whether that is something new. */
  note(resource: Resource, namespace: string | undefined, trouble: Trouble | undefined): boolean {
    const collection = pathOf(resource, namespace);
    const known = this.#findings.get(collection);
    if (trouble === undefined) this.#findings.delete(collection);
    else if (known === undefined || !known.message.endsWith(trouble.message))
      this.#findings.set(collection, findingOf(resource, namespace, trouble));
    return this.#findings.get(collection) !== known;
  }
}

function findingOf({ plural }: Resource, namespace: string | undefined, { reason, message }: Trouble): Diagnostic {
  const where = namespace === undefined ? plural : `${plural} of namespace ${namespace}`;
  const what = { forbidden: 'may not be read', missing: 'are gone', unreachable: 'cannot be read' }[reason];
  return {
    ...diagnostic('CS6010', { message: `${where} ${what}: ${message}` }),
    consequence: 'what was read before stays in service, and nothing is taken away until it can be read again',
  };
}
