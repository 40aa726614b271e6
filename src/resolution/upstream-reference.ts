import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Path } from '../model/document';
import { type ParsedService, parseService } from './service-reference';

/** The kinds whose definitions name a service to connect to. */
export const UPSTREAM_KINDS = [
  'Mapping',
  'TCPMapping',
  'AuthService',
  'RateLimitService',
  'LogService',
  'TracingService',
] as const;

export type UpstreamKind = (typeof UPSTREAM_KINDS)[number];

/** A definition that names a service to connect to. */
export type UpstreamOwner = { readonly [K in UpstreamKind]: Definition<K> }[UpstreamKind];

/** The service that a definition names, as written, and how it is to be reached. */
export interface UpstreamReference {
  readonly owner: UpstreamOwner;
  /** `[http://|https://]host[.namespace][:port]`. */
  readonly service: string;
  readonly parsed: ParsedService;
  /** Where `service` was written. */
  readonly servicePath: Path;
  /** Name of the TLSContext (`spec.tls`). */
  readonly tls: string | undefined;
  /** Name of the resolver (`spec.resolver`). */
  readonly resolver: string | undefined;
  /** False where nothing is ever sent there: the service of a redirect only says where clients should go. */
  readonly connects: boolean;
}

const references = new WeakMap<UpstreamOwner, UpstreamReference>();

/** The same object each time for the same definition. */
export function upstreamReferenceOf(owner: UpstreamOwner): UpstreamReference {
  let reference = references.get(owner);
  if (reference === undefined) {
    reference = read(owner);
    references.set(owner, reference);
  }
  return reference;
}

/** Every definition of the node group that names a service. */
export function upstreamOwners(definitions: Definitions): readonly UpstreamOwner[] {
  // A kind's definitions are of that kind, which is what the union says and TypeScript can't see.
  const lists = UPSTREAM_KINDS.map((kind) => definitions.of(kind) as readonly UpstreamOwner[]);
  return ([] as UpstreamOwner[]).concat(...lists);
}

export function isUpstreamOwner(definition: { readonly kind: string }): definition is UpstreamOwner {
  return (UPSTREAM_KINDS as readonly string[]).includes(definition.kind);
}

function read(owner: UpstreamOwner): UpstreamReference {
  switch (owner.kind) {
    case 'Mapping': {
      const connects = owner.spec.host_redirect !== true || owner.spec.shadow === true;
      return reading(owner, owner.spec.service, SERVICE, owner.spec.resolver, connects);
    }
    case 'TCPMapping':
      return reading(owner, owner.spec.service, SERVICE, owner.spec.resolver);
    case 'AuthService':
      return reading(owner, owner.spec.auth_service, AUTH_SERVICE);
    case 'RateLimitService':
    case 'LogService':
    case 'TracingService':
      return reading(owner, owner.spec.service, SERVICE);
  }
}

const SERVICE: Path = ['spec', 'service'];
const AUTH_SERVICE: Path = ['spec', 'auth_service'];

function reading(
  owner: UpstreamOwner,
  service: string,
  servicePath: Path,
  resolver?: string,
  connects = true,
): UpstreamReference {
  const { tls } = owner.spec;
  return { owner, service, parsed: parseService(service), servicePath, tls, resolver, connects };
}
