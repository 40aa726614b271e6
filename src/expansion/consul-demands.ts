import type { ConsulDemand, DocumentName } from '../model/consul-demand';
import { decode } from '../model/decode';
import { type Definition, subjectOf, keyOf } from '../model/definition';
import { Definitions } from '../model/definitions';
import type { Document } from '../model/document';
import { type ConsulIdentity, consulIdentity, leafSecretName, rootsSecretName } from '../resolution/consul-identity';
import { type ConsulService, consulServiceOf } from '../resolution/consul-service';
import { upstreamOwners, upstreamReferenceOf } from '../resolution/upstream-reference';
import { expand } from './expand';

/** What the definitions that use one ConsulResolver need of it, while it is being gathered. */
interface Gathered {
  readonly resolver: Definition<'ConsulResolver'>;
  readonly services: Map<string, ConsulService>;
  readonly identities: Map<string, { readonly service: string; readonly secrets: Map<string, DocumentName> }>;
  readonly roots: Map<string, DocumentName>;
}

/** What these definitions need of Consul, in any node group, whether or not all else about them is right; in a fixed order. */
export function consulDemands(documents: readonly Document[]): readonly ConsulDemand[] {
  const decoded = documents.map(decode);
  if (!decoded.some(({ subject }) => subject?.kind === 'ConsulResolver')) return [];
  const expanded = expand(decoded, new Map(), { classes: true });
  const all = Definitions.from(expanded.flatMap(({ definition }) => definition ?? []));
  const gathered = new Map<string, Gathered>();
  const of = (resolver: Definition<'ConsulResolver'>): Gathered => {
    const key = keyOf(subjectOf(resolver));
    const known = gathered.get(key) ?? { resolver, services: new Map(), identities: new Map(), roots: new Map() };
    gathered.set(key, known);
    return known;
  };
  for (const group of all.groups()) {
    const definitions = all.forGroup(group);
    for (const owner of upstreamOwners(definitions)) {
      const reference = upstreamReferenceOf(owner);
      const service = reference.connects ? consulServiceOf(reference, definitions) : undefined;
      if (service !== undefined && isLookedUp(service.service))
        of(service.resolver).services.set(`${service.service} ${service.connect}`, service);
    }
    for (const context of definitions.of('TLSContext')) {
      const identity = consulIdentity(context, definitions);
      if (identity !== undefined) addIdentity(of(identity.resolver), identity, context);
    }
  }
  return [...gathered].toSorted(byKey).map(([, each]) => demandOf(each));
}

/** Others can’t be the name of a service (CS7006). */
function isLookedUp(service: string): boolean {
  return !service.includes('.') && !service.includes(':');
}

function addIdentity({ identities, roots }: Gathered, identity: ConsulIdentity, { metadata }: Definition): void {
  const { service } = identity;
  const { namespace } = metadata;
  const known = identities.get(service) ?? { service, secrets: new Map<string, DocumentName>() };
  known.secrets.set(namespace, { namespace, name: leafSecretName(identity) });
  identities.set(service, known);
  roots.set(namespace, { namespace, name: rootsSecretName(identity) });
}

function demandOf({ resolver, services, identities, roots }: Gathered): ConsulDemand {
  const { namespace, name, labels } = resolver.metadata;
  const { spec } = resolver;
  return {
    resolver: { namespace, name, labels },
    address: spec.address ?? '127.0.0.1:8500',
    ...(spec.datacenter !== undefined && { datacenter: spec.datacenter }),
    ...(spec.namespace !== undefined && { namespace: spec.namespace }),
    tags: spec.tags ?? [],
    ...(spec.token !== undefined && { token: spec.token }),
    ...(spec.token_file !== undefined && { tokenFile: spec.token_file }),
    ...(spec.ca !== undefined && { ca: spec.ca }),
    services: [...services].toSorted(byKey).map(([, { service, connect }]) => ({
      service,
      connect,
      document: { namespace, name: `${connect ? 'connect' : 'service'}.${documentName(service)}.${name}` },
    })),
    identities: [...identities].toSorted(byKey).map(([, { service, secrets }]) => ({
      service,
      secrets: [...secrets].toSorted(byKey).map(([, secret]) => secret),
    })),
    roots: [...roots].toSorted(byKey).map(([, secret]) => secret),
  };
}

/** Consul is laxer on names than Kubernetes: what it allows besides is written by its code. */
function documentName(service: string): string {
  return service
    .replaceAll(/[^a-z0-9-]/g, (character) => `-x${character.codePointAt(0)?.toString(16) ?? ''}-`)
    .replaceAll(/^-|-$/g, 'x');
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
