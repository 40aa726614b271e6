import { isIP } from 'node:net';
import { diagnostic } from '../../diagnostics/diagnostic';
import { type AnyDefinition, type Definition, subjectOf } from '../../model/definition';
import { isHostnameGlob, isServerName, serverNameOf } from '../../resolution/hostname';
import type { DefinitionFinding, DefinitionRule } from '../rule';

/** CS5008, CS5045, CS4012: hostnames are globs that Envoy takes, those that go with TLS can be matched by SNI, and addresses are IP addresses. */
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
  if (definition.kind === 'TCPMapping') return tcpMappingNames(definition);
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

function tcpMappingNames(mapping: Definition<'TCPMapping'>): readonly DefinitionFinding[] {
  const { host, address } = mapping.spec;
  const subject = subjectOf(mapping);
  if (host !== undefined && !isServerName(serverNameOf(host))) {
    const message = `"${host}" cannot be matched by SNI`;
    return [
      { ...diagnostic('CS4012', { message, subject, location: mapping.at(['spec', 'host']) }), unmatchable: true },
    ];
  }
  if (address === undefined || isIP(address) !== 0) return [];
  const message = `address "${address}" is no IP address`;
  const location = mapping.at(['spec', 'address']);
  return [{ ...diagnostic('CS5045', { message, subject, location }), unmatchable: true }];
}
