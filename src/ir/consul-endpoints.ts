import { isIP } from 'node:net';
import type { Definition } from '../model/definition';
import type { Endpoint, EndpointAssignment } from './endpoint-assignment';
import { byAddress } from './endpoint-assignments';
import { originOf } from './origin';

const DEFAULT_WEIGHT = 1;

/** The instances of a service that Consul knows to be well, under the name that Envoy asks for. */
export function consulAssignment(name: string, endpoints: Definition<'ConsulEndpoints'>): EndpointAssignment {
  const found = (endpoints.spec.endpoints ?? [])
    .filter(({ address }) => isIP(address) !== 0)
    .map(
      ({ address, port, weight = DEFAULT_WEIGHT }): Endpoint => ({
        address,
        port,
        ...(weight !== DEFAULT_WEIGHT && { weight }),
      }),
    );
  const unique = new Map(found.map((endpoint) => [`${endpoint.address} ${endpoint.port}`, endpoint]));
  return { name, endpoints: [...unique.values()].toSorted(byAddress), origins: [originOf(endpoints)] };
}
