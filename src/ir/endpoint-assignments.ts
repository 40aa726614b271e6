import { isIP } from 'node:net';
import type { Definitions } from '../model/definitions';
import { podBehind, speaksIstioTls } from '../resolution/endpoint-pods';
import { slicesOf } from '../resolution/service-endpoints';
import { type ServicePort, isTcp } from '../resolution/service-port';
import type { Endpoint, EndpointAssignment } from './endpoint-assignment';
import { originOf } from './origin';
import { surroundingsOf } from '../resolution/surroundings';

/** `k8s/<namespace>/<service>/<port>`, the name under which Envoy asks for the endpoints. */
export function assignmentName({ service, port }: ServicePort): string {
  return `k8s/${service.metadata.namespace}/${service.metadata.name}/${port}`;
}

/**
 * The ready endpoints of a Service’s port: from its EndpointSlices, or from its Endpoints where it has no slice. An empty
 * assignment is a fact worth sending: Envoy answers 503 at once instead of waiting for endpoints.
 */
export function endpointAssignment(servicePort: ServicePort, definitions: Definitions): EndpointAssignment {
  const { service } = servicePort;
  const slices = fromSlices(servicePort, definitions);
  const endpoints = slices ?? fromEndpoints(servicePort, definitions);
  const unique = new Map(endpoints.map((endpoint) => [`${endpoint.address} ${endpoint.port}`, endpoint]));
  return {
    name: assignmentName(servicePort),
    endpoints: [...unique.values()].toSorted(byAddress),
    origins: [originOf(service)],
  };
}

function fromSlices({ service, portName }: ServicePort, definitions: Definitions): Endpoint[] | undefined {
  const { namespace } = service.metadata;
  const slices = slicesOf(service, definitions);
  if (slices.length === 0) return undefined;
  return slices.flatMap(({ spec }) => {
    const port = spec.ports?.find((candidate) => (candidate.name ?? '') === portName && isTcp(candidate))?.port;
    if (port === undefined || spec.addressType === 'FQDN') return [];
    return (spec.endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true)
      .flatMap(({ addresses, targetRef }) =>
        addresses
          .filter((address) => isIP(address) !== 0)
          .map((address) => ({ address, port, ...mark(targetRef, namespace, definitions) })),
      );
  });
}

function fromEndpoints({ service, portName }: ServicePort, definitions: Definitions): Endpoint[] {
  const { namespace, name } = service.metadata;
  const subsets = definitions.find('Endpoints', namespace, name)?.spec.subsets ?? [];
  return subsets.flatMap(({ addresses, ports }) => {
    const port = ports?.find((candidate) => (candidate.name ?? '') === portName && isTcp(candidate))?.port;
    return port === undefined
      ? []
      : (addresses ?? [])
          .filter(({ ip }) => isIP(ip) !== 0)
          .map(({ ip, targetRef }) => ({ address: ip, port, ...mark(targetRef, namespace, definitions) }));
  });
}

const makesExceptions = new WeakMap<object, boolean>();

/** Only a Pod that is known to speak no TLS is marked, and only where some TLSContext makes exceptions (`istio.mode: auto`). */
function mark(
  targetRef: Parameters<typeof podBehind>[0],
  namespace: string,
  definitions: Definitions,
): Pick<Endpoint, 'plaintext'> {
  const surroundings = surroundingsOf(definitions);
  let asked = makesExceptions.get(surroundings);
  if (asked === undefined) {
    asked = definitions.of('TLSContext').some(({ spec }) => spec.istio?.mode === 'auto');
    makesExceptions.set(surroundings, asked);
  }
  const pod = asked ? podBehind(targetRef, namespace, definitions) : undefined;
  return pod === undefined || speaksIstioTls(pod) ? {} : { plaintext: true };
}

/** In the order of addresses, then of ports. */
export function byAddress(a: Endpoint, b: Endpoint): number {
  return a.address === b.address ? a.port - b.port : a.address < b.address ? -1 : 1;
}
