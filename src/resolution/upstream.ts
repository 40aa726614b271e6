import type { Definitions } from '../model/definitions';
import type { Policy } from './policy';
import { type ConsulService, consulServiceOf } from './consul-service';
import { moduleConfig } from './module';
import { type Resolver, resolverOf } from './resolver';
import type { ServiceReference } from './service-reference';
import type { UpstreamReference } from './upstream-reference';

/** Where a definition sends its requests, with all defaults applied. */
export interface Upstream {
  readonly service: ServiceReference;
  readonly resolver: Resolver;
  /** What it is in Consul, where it is found there. */
  readonly consul?: ConsulService;
  /** The name that is dialled or looked up, qualified with its namespace where Ambassador does so. */
  readonly host: string;
  readonly port: number;
  /** TLS is originated: by `https://`, or by a `tls` that names a TLSContext. */
  readonly tls: boolean;
}

/** Undefined where the service or the resolver can’t be understood; validation has said so. */
export function upstreamOf(
  reference: UpstreamReference,
  definitions: Definitions,
  policy: Policy,
): Upstream | undefined {
  const { parsed } = reference;
  const resolver = resolverOf(reference, definitions);
  if (!parsed.ok || resolver === undefined) return undefined;
  const { service } = parsed;
  const tls = service.scheme === 'https' || reference.tls !== undefined;
  const consul = resolver.type === 'consul' ? consulServiceOf(reference, definitions) : undefined;
  return {
    service,
    resolver,
    ...(consul !== undefined && { consul }),
    // A namespace of Kubernetes means nothing to Consul.
    host: consul?.service ?? qualified(service.host, reference.owner.metadata.namespace, definitions, policy),
    port: service.port ?? (tls ? 443 : 80),
    tls,
  };
}

/** Ambassador suffixes a bare name with the namespace of the definition, unless that is the install namespace. */
function qualified(host: string, namespace: string, definitions: Definitions, policy: Policy): string {
  const bare = !host.includes('.') && !host.includes(':') && host !== 'localhost';
  const own = moduleConfig(definitions).use_ambassador_namespace_for_service_resolution === true;
  return bare && !own && namespace !== policy.installNamespace ? `${host}.${namespace}` : host;
}
