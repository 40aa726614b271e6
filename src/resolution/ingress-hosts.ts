import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { hostnameOf } from './attachment';

type Host = Definition<'Host'>;

/**
 * Without the Hosts made of Ingresses whose name is served anyway: by a Host that somebody wrote, which says more than an
 * Ingress can, or by another Ingress of the namespace with the same certificate, as Ingresses often share a name.
 */
export function withoutRedundantHosts(definitions: Definitions): {
  readonly definitions: Definitions;
  readonly diagnostics: readonly Diagnostic[];
} {
  const hosts = definitions.of('Host');
  const made = hosts.filter(isMade);
  if (made.length === 0) return { definitions, diagnostics: [] };
  const written = new Map(hosts.filter((host) => !isMade(host)).map((host) => [nameOf(host), host]));
  const known = new Set<string>();
  const redundant = new Set<Definition>();
  const diagnostics: Diagnostic[] = [];
  for (const host of made) {
    const identity = `${nameOf(host)} ${host.metadata.namespace}/${host.spec.tlsSecret?.name ?? ''}`;
    const other = written.get(nameOf(host));
    if (other !== undefined) diagnostics.push(givesWay(host, other));
    if (other !== undefined || known.has(identity)) redundant.add(host);
    known.add(identity);
  }
  return { definitions: definitions.filter((definition) => !redundant.has(definition)), diagnostics };
}

function isMade({ madeFrom }: Definition): boolean {
  return madeFrom?.kind === 'Ingress';
}

function nameOf(host: Host): string {
  return hostnameOf(host).toLowerCase();
}

function givesWay(host: Host, other: Host): Diagnostic {
  return diagnostic('CS1035', {
    message: `"${hostnameOf(host)}" is served by ${keyOf(subjectOf(other))}, with its certificate and its policy`,
    subject: subjectOf(host),
    location: host.at(['spec', 'hostname']),
    related: [{ message: keyOf(subjectOf(other)), location: other.at(['spec', 'hostname']) }],
  });
}
