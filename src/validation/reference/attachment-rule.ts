import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import { hostnameOf, mappingAttaches, mappingHostRegex, mappingHostname } from '../../resolution/attachment';
import type { Violation } from '../../resolution/quarantine';
import { Sieve } from '../../resolution/sieve';
import { inService, type ReferenceRule } from '../rule';

const NAMELESS = new Sieve<Definition<'Mapping'>>(
  ({ spec }) => mappingHostname(spec) === undefined && mappingHostRegex(spec) === undefined,
);

/** CS5003, CS5011: every Mapping belongs to some Host. */
export const attachmentRule: ReferenceRule = (context) => {
  const hosts = context.definitions.of('Host');
  // A catch-all Host takes every Mapping that has a hostname, which spares asking each Host about each Mapping.
  const catchAll = hosts.some(
    (host) => hostnameOf(host) === '*' && host.spec.mappingSelector === undefined && host.spec.selector === undefined,
  );
  return inService('Mapping', context, catchAll ? NAMELESS : undefined).flatMap((mapping): Violation[] => {
    const hostname = mappingHostname(mapping.spec);
    if (hosts.some((host) => mappingAttaches(mapping, host))) return [];
    const subject = subjectOf(mapping);
    if (hostname === undefined) {
      const message = `Mapping "${mapping.metadata.name}" has no hostname, so it attaches to no Host`;
      return [{ diagnostic: diagnostic('CS5011', { message, subject, location: mapping.at(['spec'], 'key') }) }];
    }
    const message = `no Host takes Mapping "${mapping.metadata.name}" with hostname "${hostname}"`;
    const selecting = hosts.find((host) => mappingAttaches(mapping, withoutSelector(host)));
    const fix =
      selecting && `give it the labels that the mappingSelector of Host "${selecting.metadata.name}" asks for`;
    const location = mapping.at(['spec', 'hostname']);
    return [{ diagnostic: diagnostic('CS5003', { message, ...(fix && { fix }), subject, location }) }];
  });
};

/** As if it took every Mapping of its name. */
function withoutSelector(host: Definition<'Host'>): Definition<'Host'> {
  const { mappingSelector: _, selector: __, ...spec } = host.spec;
  return { ...host, spec };
}
