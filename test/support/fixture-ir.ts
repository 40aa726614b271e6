import { expand } from '../../src/expansion/expand';
import { buildIr } from '../../src/ir/build';
import type { AnyDefinition, Decoded } from '../../src/model/definition';
import { Definitions } from '../../src/model/definitions';
import { withDefaults } from '../../src/resolution/defaults';
import { DEFAULT_POLICY as policy } from '../../src/resolution/policy';
import { accept } from '../../src/validation/accept';
import { withoutRedundantHosts } from '../../src/resolution/ingress-hosts';
import { validate } from '../../src/validation/validate';

/** The moment as of which all fixtures are judged. */
const FIXTURE_TIME = new Date('2026-06-15T12:00:00Z');

export interface BuiltGroup {
  /** The IR of a node group as text. */
  readonly ir: string;
  /** Everything that is out of service in it. */
  readonly quarantined: readonly string[];
}

/**
 * Builds the IR of each node group, as `compile` does. Validation goes first, with the definitions as they are; the IR is built
 * from what `wrap` makes of each.
 */
export function buildGroups(
  decoded: readonly Decoded[],
  wrap: (definition: AnyDefinition) => AnyDefinition = (definition) => definition,
): readonly BuiltGroup[] {
  // What an Ingress says is read when it is expanded.
  const originals = decoded.map((entry) => (isIngress(entry.definition) ? wrapped(entry, wrap) : entry));
  const accepted = accept(expand(originals, new Map(), { classes: true }), new Map(), FIXTURE_TIME);
  const all = Definitions.from(accepted.definitions);
  return all.groups().map((group) => {
    const quarantine = accepted.quarantine.copy();
    const own = withDefaults(withoutRedundantHosts(all.forGroup(group)).definitions, quarantine);
    validate(own, quarantine, policy, FIXTURE_TIME);
    // What a Definitions holds is of one kind each, which is what the union says and TypeScript can't see.
    const definitions = Definitions.from(own.all.map((definition) => wrap(definition as AnyDefinition)));
    const ir = JSON.stringify(buildIr({ definitions, quarantine, policy }));
    return { ir, quarantined: [...quarantine.keys()] };
  });
}

function isIngress(definition: AnyDefinition | undefined): boolean {
  return definition?.kind === 'Ingress' || definition?.kind === 'IngressClass';
}

function wrapped(entry: Decoded, wrap: (definition: AnyDefinition) => AnyDefinition): Decoded {
  return entry.definition === undefined ? entry : { ...entry, definition: wrap(entry.definition) };
}
