import { ownCaKey } from '../certificates';
import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { KINDS } from '../model/kinds';
import { sameItems, sameObjects } from '../model/same-objects';
import { LayoutMemo } from './layout-memo';

const OUTLINED = 'Secret';
const WHOLE = KINDS.filter((kind) => kind !== 'Mapping' && kind !== OUTLINED);

const known = new WeakMap<Definitions, object>();
const outlines = new LayoutMemo<Definition<'Secret'>, object>(outlinedAlike);

/**
 * What everything but the Mappings amounts to: the same object for as long as all other definitions are the same, and there are the
 * same Secrets. What a Mapping and definitions of other kinds mean together can be remembered under it. Of a Secret it says which one it
 * is and whether it brings a CA along, which is what names on the wire are made of; nothing that is remembered under it may depend on
 * what else a Secret holds, so that a rotated certificate sets nothing in motion but itself.
 */
export function surroundingsOf(definitions: Definitions): object {
  let surroundings = known.get(definitions);
  if (surroundings === undefined) {
    const whole = sameObjects(WHOLE.map((kind) => sameItems(definitions.of(kind))));
    surroundings = outlines.get(whole, [], definitions.of(OUTLINED), () => ({}));
    known.set(definitions, surroundings);
  }
  return surroundings;
}

function outlinedAlike(a: Definition<'Secret'>, b: Definition<'Secret'>): boolean {
  return (
    a.metadata.name === b.metadata.name &&
    a.metadata.namespace === b.metadata.namespace &&
    ownCaKey(a.spec.data) === ownCaKey(b.spec.data)
  );
}
