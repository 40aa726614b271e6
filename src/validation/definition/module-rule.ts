import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import { parseAddressRange } from '../../resolution/address-range';
import type { DefinitionRule } from '../rule';

/** CS5051: the addresses of `ip_allow` and `ip_deny` can be read, and there is one of the two lists only. */
export const moduleRule: DefinitionRule = (definition) => {
  if (definition.kind !== 'Module') return [];
  const { ip_allow: allow, ip_deny: deny } = definition.spec.config ?? {};
  const report = (path: Path, message: string, part?: 'key') =>
    diagnostic('CS5051', {
      message,
      subject: subjectOf(definition),
      location: definition.at(['spec', 'config', ...path], part),
    });
  const unreadable = (field: 'ip_allow' | 'ip_deny', list: typeof allow) =>
    (list ?? []).flatMap(({ peer, remote }, index): readonly Diagnostic[] => {
      const text = peer ?? remote ?? '';
      if (parseAddressRange(text) !== undefined) return [];
      const message = `${JSON.stringify(text)} is neither an IP address nor a range of them`;
      return [report([field, index, peer === undefined ? 'remote' : 'peer'], message)];
    });
  return [
    ...(allow !== undefined && deny !== undefined
      ? [report(['ip_deny'], 'ip_allow and ip_deny exclude each other', 'key')]
      : []),
    ...unreadable('ip_allow', allow),
    ...unreadable('ip_deny', deny),
  ];
};
