import { diagnostic } from '../../diagnostics/diagnostic';
import { type AnyDefinition, subjectOf } from '../../model/definition';
import { isHostnameGlob, isServerName, serverNameOf } from '../../resolution/hostname';
import type { DefinitionFinding, DefinitionRule } from '../rule';

/** CS5008, CS4012: hostnames are globs that Envoy takes, and those of Hosts with TLS can be matched by SNI. */
export const hostnameRule: DefinitionRule = (definition): readonly DefinitionFinding[] => {
  const subject = subjectOf(definition);
  if (definition.kind === 'Mapping') {
    const { hostname, host, host_regex } = definition.spec;
    const [field, value] =
      hostname !== undefined
        ? (['hostname', hostname] as const)
        : (['host', host_regex === true ? undefined : host] as const);
    if (value === undefined || isHostnameGlob(value)) return [];
    return [noHostname(definition, field, value)];
  }
  if (definition.kind !== 'Host') return [];
  const { hostname = '*', tlsSecret } = definition.spec;
  if (!isHostnameGlob(hostname)) return [noHostname(definition, 'hostname', hostname)];
  if (tlsSecret?.name === undefined || isServerName(serverNameOf(hostname))) return [];
  const message = `"${hostname}" cannot be matched by SNI, so this Host cannot terminate TLS`;
  return [diagnostic('CS4012', { message, subject, location: definition.at(['spec', 'hostname']) })];
};

function noHostname(definition: AnyDefinition, field: string, value: string): DefinitionFinding {
  const place = { subject: subjectOf(definition), location: definition.at(['spec', field]) };
  return { ...diagnostic('CS5008', { message: `"${value}" is no hostname`, ...place }), unmatchable: true };
}
