import { type Definition, keyOf, subjectOf } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { hostnameOf } from './attachment';

/**
 * Without the Hosts made of Ingresses whose name is served anyway: by a Host that somebody wrote, which says more than an
 * Ingress can, or by another Ingress of the namespace with the same certificate, as Ingresses often share a name.
 */
export function withoutRedundantHosts(definitions: Definitions): Definitions {
  const hosts = definitions.of('Host');
  const made = hosts.filter(isMade);
  if (made.length === 0) return definitions;
  const written = new Set(hosts.filter((host) => !isMade(host)).map(nameOf));
  const known = new Set<string>();
  const redundant = new Set<string>();
  for (const host of made) {
    const identity = `${nameOf(host)} ${host.metadata.namespace}/${host.spec.tlsSecret?.name ?? ''}`;
    if (written.has(nameOf(host)) || known.has(identity)) redundant.add(keyOf(subjectOf(host)));
    known.add(identity);
  }
  return redundant.size === 0
    ? definitions
    : definitions.filter((definition) => definition.kind !== 'Host' || !redundant.has(keyOf(subjectOf(definition))));
}

function isMade({ madeFrom }: Definition): boolean {
  return madeFrom?.kind === 'Ingress';
}

function nameOf(host: Definition<'Host'>): string {
  return hostnameOf(host).toLowerCase();
}
