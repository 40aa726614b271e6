import { withoutPaths } from '../model/decoding/without';
import type { AnyDefinition, Decoded, Definition } from '../model/definition';
import type { QuarantineScope } from '../resolution/quarantine';
import type { DefinitionFinding } from './rule';

interface Remainder {
  /** Absent if nothing of it can be used, not even to answer its requests with 503. */
  readonly definition?: AnyDefinition;
  /** How much of it is out of service. */
  readonly scope: QuarantineScope;
}

const remainders = new WeakMap<AnyDefinition, Remainder>();

/**
 * What is left of a definition with errors that has no last good version. Of most kinds it is the definition as it stands: its
 * quarantine sees to it that it is not used. A Module is used by everything else, so it loses the settings that are wrong if
 * they may be missed, and all of its settings otherwise.
 */
export function remainderOf({ definition, ...decoded }: Decoded, judged: readonly DefinitionFinding[]): Remainder {
  if (definition === undefined) return { scope: 'all' };
  if (definition.kind !== 'Module')
    return judged.some(({ unmatchable }) => unmatchable === true) ? { scope: 'all' } : { definition, scope: 'all' };
  let known = remainders.get(definition);
  if (known === undefined) {
    const paths = judged.flatMap(({ severity, without }) => (severity === 'error' ? [without] : []));
    const dispensable = paths.filter((path) => path !== undefined);
    const guarding = dispensable.length < paths.length || (decoded.rejected && decoded.contained !== true);
    known = guarding
      ? { definition: without(definition, [['config']]), scope: 'all' }
      : { definition: without(definition, dispensable), scope: 'settings' };
    remainders.set(definition, known);
  }
  return known;
}

/** A copy without the fields at these paths in its spec. */
function without(definition: Definition<'Module'>, paths: readonly (readonly (string | number)[])[]): AnyDefinition {
  return { ...definition, spec: withoutPaths(definition.spec, paths) };
}
