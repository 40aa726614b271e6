import type { Location, Subject } from '../diagnostics/diagnostic';
import type { Definition } from '../model/definition';

/** The definition that something in the IR came from, so that a refusal by Envoy can be traced back to a line. */
export interface Origin extends Subject {
  /** Looked up when asked for: finding a position means parsing the document again. */
  readonly location: Location;
}

const origins = new WeakMap<Definition, Origin>();

/** The Origin of a definition; one object per definition. */
export function originOf(definition: Definition): Origin {
  const known = origins.get(definition);
  if (known !== undefined) return known;
  const origin = new DefinitionOrigin(definition);
  origins.set(definition, origin);
  return origin;
}

class DefinitionOrigin implements Origin {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly #definition: Definition;

  constructor(definition: Definition) {
    this.kind = definition.kind;
    this.namespace = definition.metadata.namespace;
    this.name = definition.metadata.name;
    this.#definition = definition;
  }

  get location(): Location {
    return this.#definition.at([]);
  }
}
