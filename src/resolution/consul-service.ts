import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { consulIdentity } from './consul-identity';
import { type Resolver, resolverOf } from './resolver';
import { resolveTlsContext } from './tls-context';
import type { UpstreamReference } from './upstream-reference';
import { surroundingsOf } from './surroundings';

/** The service in Consul that a definition sends its requests to. */
export interface ConsulService {
  readonly resolver: Definition<'ConsulResolver'>;
  readonly service: string;
  /** It is reached by Consul Connect. */
  readonly connect: boolean;
}

/** What Consul calls the sidecar of a service unless told otherwise; Ambassador’s how-to "Consul" names it as the service. */
const SIDECAR = '-sidecar-proxy';

/** Undefined if a definition’s endpoints are none of Consul’s, or its service can’t be understood. */
export function consulServiceOf(reference: UpstreamReference, definitions: Definitions): ConsulService | undefined {
  const resolver = resolverOf(reference, definitions);
  const { parsed } = reference;
  if (resolver?.type !== 'consul' || !parsed.ok) return undefined;
  return serviceIn(resolver, parsed.service.host, speaksConnect(reference, definitions));
}

/** The name is the service’s: the sidecars of a service are what Consul Connect itself knows of it. */
export function serviceIn(
  { definition }: Extract<Resolver, { readonly type: 'consul' }>,
  host: string,
  connect: boolean,
): ConsulService {
  const service = connect && isSidecar(host) ? host.slice(0, -SIDECAR.length) : host;
  return { resolver: definition, service, connect };
}

/** Whether a service is named as the sidecars of another one. */
export function isSidecar(host: string): boolean {
  return host.endsWith(SIDECAR) && host.length > SIDECAR.length;
}

/** Whether the TLSContext that a definition names is somebody in Consul Connect. */
export function speaksConnect({ owner, tls }: UpstreamReference, definitions: Definitions): boolean {
  if (tls === undefined) return false;
  const resolved = resolveTlsContext(definitions, tls, owner.metadata.namespace);
  return resolved.type === 'found' && consulIdentity(resolved.context, definitions) !== undefined;
}

const known = new WeakMap<object, ReadonlyMap<string, Definition<'ConsulEndpoints'>>>();

/** What Consul says of the service; undefined if it has not been told yet. */
export function consulEndpointsOf(
  service: ConsulService,
  definitions: Definitions,
): Definition<'ConsulEndpoints'> | undefined {
  let byService = known.get(surroundingsOf(definitions));
  if (byService === undefined) {
    byService = new Map(
      definitions
        .of('ConsulEndpoints')
        .map((endpoints) => [
          key(endpoints.metadata.namespace, endpoints.spec.resolver, endpoints.spec.service, endpoints.spec.connect),
          endpoints,
        ]),
    );
    known.set(surroundingsOf(definitions), byService);
  }
  const { namespace, name } = service.resolver.metadata;
  return byService.get(key(namespace, name, service.service, service.connect));
}

/** `consul/<namespace>/<resolver>/<service>`, with `/connect` for its sidecars: the name under which Envoy asks for the endpoints. */
export function consulAssignmentName({ resolver, service, connect }: ConsulService): string {
  const { namespace, name } = resolver.metadata;
  return key(namespace, name, service, connect);
}

function key(namespace: string, resolver: string, service: string, connect = false): string {
  return `consul/${namespace}/${resolver}/${service}${connect ? '/connect' : ''}`;
}
