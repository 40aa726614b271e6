import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { surroundingsOf } from './surroundings';

/** Says on an EndpointSlice whose it is (Kubernetes, "EndpointSlices": ownership). */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

const byService = new WeakMap<object, ReadonlyMap<string, readonly Definition<'EndpointSlice'>[]>>();

/** The EndpointSlices of a Service, in the order of their names. */
export function slicesOf(
  { metadata }: Definition<'Service'>,
  definitions: Definitions,
): readonly Definition<'EndpointSlice'>[] {
  let slices = byService.get(surroundingsOf(definitions));
  if (slices === undefined) {
    const lists = new Map<string, Definition<'EndpointSlice'>[]>();
    for (const slice of definitions.of('EndpointSlice')) {
      const key = `${slice.metadata.namespace}/${slice.metadata.labels[SERVICE_NAME_LABEL]}`;
      const list = lists.get(key);
      if (list === undefined) lists.set(key, [slice]);
      else list.push(slice);
    }
    byService.set(surroundingsOf(definitions), (slices = lists));
  }
  return slices.get(`${metadata.namespace}/${metadata.name}`) ?? [];
}

const known = new WeakMap<object, ReadonlySet<string>>();

/** Whether there is an EndpointSlice or an Endpoints of the Service, were it one that lists no endpoint. */
export function hasEndpoints({ metadata }: Definition<'Service'>, definitions: Definitions): boolean {
  let services = known.get(surroundingsOf(definitions));
  if (services === undefined) {
    services = new Set([
      ...definitions.of('EndpointSlice').map((slice) => {
        const { namespace, labels } = slice.metadata;
        return `${namespace}/${labels[SERVICE_NAME_LABEL]}`;
      }),
      ...definitions.of('Endpoints').map((endpoints) => `${endpoints.metadata.namespace}/${endpoints.metadata.name}`),
    ]);
    known.set(surroundingsOf(definitions), services);
  }
  return services.has(`${metadata.namespace}/${metadata.name}`);
}
