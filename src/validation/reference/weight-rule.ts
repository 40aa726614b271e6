import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import { isLeftOut, isShadow } from '../../resolution/mapping-group';
import { routePlace } from '../../resolution/route-order';
import { tcpGroup } from '../../resolution/tcp-listener';
import type { Violation } from '../../resolution/quarantine';
import { Sieve } from '../../resolution/sieve';
import { inService, type ReferenceRule } from '../rule';

const WEIGHTED = new Sieve<Definition<'Mapping'>>(({ spec }) => spec.weight !== undefined);

/** CS5004: the explicit weights of Mappings, or TCPMappings, that share a match make at most 100. */
export const weightRule: ReferenceRule = (context) => [
  ...overweight(
    inService('Mapping', context, WEIGHTED).filter(
      (mapping) => !isShadow(mapping) && !isLeftOut(mapping, context.quarantine),
    ),
    (mapping) => routePlace(mapping).group,
  ),
  ...overweight(inService('TCPMapping', context), tcpGroup),
];

function overweight<M extends Definition<'Mapping'> | Definition<'TCPMapping'>>(
  mappings: readonly M[],
  groupOf: (mapping: M) => string,
): readonly Violation[] {
  const groups = new Map<string, M[]>();
  for (const mapping of mappings) {
    if (mapping.spec.weight === undefined) continue;
    const key = groupOf(mapping);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [mapping]);
    else group.push(mapping);
  }
  return [...groups.values()].flatMap((group): Violation[] => {
    let sum = 0;
    return group.flatMap((mapping) => {
      const { weight = 0 } = mapping.spec;
      sum += weight;
      if (sum <= 100) return [];
      sum -= weight;
      const message = `weight ${weight} brings this group to ${sum + weight}`;
      return [
        {
          diagnostic: diagnostic('CS5004', {
            message,
            subject: subjectOf(mapping),
            location: mapping.at(['spec', 'weight']),
          }),
        },
      ];
    });
  });
}
