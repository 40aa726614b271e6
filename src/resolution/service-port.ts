import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Policy } from './policy';
import type { Upstream } from './upstream';

/** A port of a Kubernetes Service, found for an endpoint resolver. */
export interface ServicePort {
  readonly service: Definition<'Service'>;
  /** Empty for the only port of a Service that names none. */
  readonly portName: string;
  readonly port: number;
}

/**
 * Finds the Service and the port of it that an upstream means; undefined if either is missing. A name that stayed unqualified
 * means the install namespace.
 */
export function servicePortOf(upstream: Upstream, definitions: Definitions, policy: Policy): ServicePort | undefined {
  const [name = '', namespace = policy.installNamespace] = upstream.host.split('.');
  const service = definitions.find('Service', namespace, name);
  const port = service?.spec.ports?.find((candidate) => candidate.port === upstream.port && isTcp(candidate));
  return service === undefined || port === undefined
    ? undefined
    : { service, portName: port.name ?? '', port: port.port };
}

/** A port number may be used once by each transport (Kubernetes, "Service": `protocol`); requests go by TCP. */
export function isTcp({ protocol = 'TCP' }: { readonly protocol?: string }): boolean {
  return protocol === 'TCP';
}
