import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import type { Trouble } from './reflector';
import { pathOf, PODS, type Resource } from './resource';

/** The collections that can’t be read, each with its finding. */
export class Troubles {
  readonly #known = new Map<string, { readonly resource: Resource; readonly finding: Diagnostic }>();

  get findings(): readonly Diagnostic[] {
    return [...this.#known.values()].map(({ finding }) => finding);
  }

  /** Whether nothing may be taken away. What is only asked beside, and may be missing, is no reason. */
  get suspend(): boolean {
    return [...this.#known.values()].some(({ resource }) => resource !== PODS);
  }

  /** It is not asked any more. */
  forget(resource: Resource): void {
    for (const [collection, known] of this.#known) if (known.resource === resource) this.#known.delete(collection);
  }

  /** Takes down what there is to say of a collection now; returns whether that is something new. */
  note(resource: Resource, namespace: string | undefined, trouble: Trouble | undefined): boolean {
    const collection = pathOf(resource, namespace);
    const known = this.#known.get(collection);
    if (trouble === undefined) this.#known.delete(collection);
    else if (known === undefined || !known.finding.message.endsWith(trouble.message))
      this.#known.set(collection, { resource, finding: findingOf(resource, namespace, trouble) });
    return this.#known.get(collection) !== known;
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
