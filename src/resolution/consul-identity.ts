import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Path } from '../model/document';
import { resolverNamed } from './resolver';

/** The names in Ambassador’s how-to "Consul": the Secret that its connector writes, and whom it writes it for. */
export const CONNECTOR_SECRET = 'ambassador-consul-connect';
export const CONNECTOR_SERVICE = 'ambassador';

/** Who a TLSContext is in Consul Connect. */
export interface ConsulIdentity {
  readonly resolver: Definition<'ConsulResolver'>;
  /** The name that we go by in Consul. */
  readonly service: string;
  /** Where that was written. */
  readonly path: Path;
}

/**
 * Undefined if it is nobody there. A TLSContext with the Secret of Ambassador’s connector is `ambassador`, if there is just one
 * ConsulResolver: then the certificate is had from Consul, and the Secret is not needed.
 */
export function consulIdentity(
  { spec }: Definition<'TLSContext'>,
  definitions: Definitions,
): ConsulIdentity | undefined {
  if (spec.consul !== undefined) {
    const resolver = resolverNamed(spec.consul.resolver, definitions);
    return resolver?.type === 'consul'
      ? { resolver: resolver.definition, service: spec.consul.service, path: ['spec', 'consul'] }
      : undefined;
  }
  if (spec.secret !== CONNECTOR_SECRET) return undefined;
  const [only, ...others] = definitions.of('ConsulResolver');
  return only === undefined || others.length > 0
    ? undefined
    : { resolver: only, service: CONNECTOR_SERVICE, path: ['spec', 'secret'] };
}

/** Name of the Secret that the leaf certificate of the identity becomes; names of services have no dots. */
export function leafSecretName({ resolver, service }: ConsulIdentity): string {
  return `consul-leaf.${service}.${resolver.metadata.name}`;
}

/** Name of the Secret that the roots of that Consul become. */
export function rootsSecretName({ resolver }: Pick<ConsulIdentity, 'resolver'>): string {
  return `consul-roots.${resolver.metadata.name}`;
}
