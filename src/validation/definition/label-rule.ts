import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import type { LabelGroup } from '../../resolution/labels';
import type { DefinitionRule } from '../rule';

/** CS5058: no label asks to be left out alone. */
export const labelRule: DefinitionRule = (definition) =>
  groupsOf(definition).flatMap(([path, group]) =>
    group.flatMap(({ request_headers }, index) => {
      if (request_headers?.omit_if_not_present !== false) return [];
      const message = `without the header ${request_headers.header_name}, the whole group is left out`;
      const location = definition.at([...path, index, 'request_headers', 'omit_if_not_present']);
      return [diagnostic('CS5058', { message, subject: subjectOf(definition), location })];
    }),
  );

function groupsOf(definition: Parameters<DefinitionRule>[0]): readonly (readonly [Path, LabelGroup])[] {
  if (definition.kind === 'Module') {
    const path: Path = ['spec', 'config', 'default_labels'];
    return Object.entries(definition.spec.config?.default_labels ?? {}).flatMap(([domain, { defaults = [] }]) => [
      [[...path, domain, 'defaults'], defaults] as const,
    ]);
  }
  if (definition.kind !== 'Mapping' || definition.spec.labels === undefined) return [];
  return Object.entries(definition.spec.labels).flatMap(([domain, groups]) =>
    groups.flatMap((named, index) =>
      Object.entries(named).map(([name, group]) => [['spec', 'labels', domain, index, name], group] as const),
    ),
  );
}
