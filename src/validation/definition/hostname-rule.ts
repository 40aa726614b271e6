import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import { isHostnameGlob, isServerName, serverNameOf } from '../../resolution/hostname';
import type { DefinitionRule } from '../rule';

/** CS5008, CS4012: hostnames are globs that Envoy takes, and those of Hosts with TLS can be matched by SNI. */
export const hostnameRule: DefinitionRule = (definition): readonly Diagnostic[] => {
  const subject = subjectOf(definition);
  if (definition.kind === 'Mapping') {
    const { hostname, host, host_regex } = definition.spec;
    const [field, value] =
      hostname !== undefined ? ['hostname', hostname] : ['host', host_regex === true ? undefined : host];
    if (value === undefined || isHostnameGlob(value)) return [];
    return [
      diagnostic('CS5008', { message: `"${value}" is no hostname`, subject, location: definition.at(['spec', field]) }),
    ];
  }
  if (definition.kind !== 'Host') return [];
  const { hostname = '*', tlsSecret } = definition.spec;
  if (!isHostnameGlob(hostname))
    return [
      diagnostic('CS5008', {
        message: `"${hostname}" is no hostname`,
        subject,
        location: definition.at(['spec', 'hostname']),
      }),
    ];
  if (tlsSecret?.name === undefined || isServerName(serverNameOf(hostname))) return [];
  const message = `"${hostname}" cannot be matched by SNI, so this Host cannot terminate TLS`;
  return [diagnostic('CS4012', { message, subject, location: definition.at(['spec', 'hostname']) })];
};
