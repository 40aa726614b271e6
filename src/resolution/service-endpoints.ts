import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';

/** Says on an EndpointSlice whose it is (Kubernetes, "EndpointSlices": ownership). */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

const known = new WeakMap<object, ReadonlySet<string>>();

/** Whether there is an EndpointSlice or an Endpoints of the Service, were it one that lists no endpoint. */
export function hasEndpoints({ metadata }: Definition<'Service'>, definitions: Definitions): boolean {
  let services = known.get(definitions.surroundings);
  if (services === undefined) {
    services = new Set([
      ...definitions.of('EndpointSlice').map((slice) => {
        const { namespace, labels } = slice.metadata;
        return `${namespace}/${labels[SERVICE_NAME_LABEL]}`;
      }),
      ...definitions.of('Endpoints').map((endpoints) => `${endpoints.metadata.namespace}/${endpoints.metadata.name}`),
    ]);
    known.set(definitions.surroundings, services);
  }
  return services.has(`${metadata.namespace}/${metadata.name}`);
}
