import { isIP } from 'node:net';
import { diagnostic } from '../../diagnostics/diagnostic';
import { type AnyDefinition, type Definition, subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import { hostnameOf, isAuthority } from '../../resolution/attachment';
import { isHostnameGlob, isServerName, serverNameOf } from '../../resolution/hostname';
import type { DefinitionFinding, DefinitionRule } from '../rule';

/** CS5008, CS5023, CS5045, CS4012: hostnames are globs that Envoy takes, those that go with TLS can be matched by SNI, and addresses are IP addresses. */
export const hostnameRule: DefinitionRule = (definition): readonly DefinitionFinding[] => {
  if (definition.kind === 'Mapping') return judgeMapping(definition);
  if (definition.kind === 'TCPMapping') return tcpMappingNames(definition);
  if (definition.kind !== 'Host') return [];
  const { hostname = '*', tlsSecret, tlsContext, tls } = definition.spec;
  if (!isHostnameGlob(hostname))
    return [
      { ...noHostname(definition, ['hostname'], hostname), unmatchable: !isHostnameGlob(hostnameOf(definition)) },
    ];
  const terminates = tlsSecret ?? tlsContext ?? tls?.cert_chain_file;
  if (terminates === undefined || isServerName(serverNameOf(hostname))) return [];
  const message = `"${hostname}" cannot be matched by SNI, so this Host cannot terminate TLS`;
  const subject = subjectOf(definition);
  return [diagnostic('CS4012', { message, subject, location: definition.at(['spec', 'hostname']) })];
};

/** `hostname` is a glob; `host` and the header `:authority` are full names. The first of them counts. */
function judgeMapping(mapping: Definition<'Mapping'>): readonly DefinitionFinding[] {
  const { hostname, host, host_regex, headers = {} } = mapping.spec;
  const found: DefinitionFinding[] = [];
  if (hostname !== undefined && host !== undefined) {
    const message = 'host has no effect beside hostname';
    const subject = subjectOf(mapping);
    found.push(diagnostic('CS5023', { message, subject, location: mapping.at(['spec', 'host'], 'key') }));
  }
  if (hostname !== undefined)
    return isHostnameGlob(hostname) ? found : [...found, noHostname(mapping, ['hostname'], hostname)];
  const header = Object.keys(headers).find(isAuthority);
  if (host !== undefined && host_regex === true) return found;
  const [path, value] = host !== undefined ? [['host'], host] : [['headers', header ?? ''], headers[header ?? '']];
  if (value === undefined || (isHostnameGlob(value) && !value.includes('*'))) return found;
  return [...found, noHostname(mapping, path, value)];
}

function noHostname(definition: AnyDefinition, path: Path, value: string): DefinitionFinding {
  const place = {
    subject: subjectOf(definition),
    location: definition.at(['spec', ...path]),
    ...(value.includes('*') && !path.includes('hostname') && { fix: 'write it as `hostname`, where * is a wildcard' }),
  };
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
