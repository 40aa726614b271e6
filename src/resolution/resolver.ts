import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { moduleConfig } from './module';

/** Where the endpoints of a service come from: Envoy’s own DNS, or the control plane’s endpoint assignments. */
export type Resolver = { readonly type: 'dns' | 'endpoints'; readonly name: string };

/** Ambassador’s implicit resolvers. */
const BUILT_IN: Readonly<Record<string, Resolver['type']>> = {
  'kubernetes-service': 'dns',
  'kubernetes-endpoint': 'endpoints',
  endpoint: 'endpoints',
};

/** The resolver of a Mapping: its own, else the Module’s, else `kubernetes-service`. Undefined if the name means nothing. */
export function resolverOf(mapping: Definition<'Mapping'>, definitions: Definitions): Resolver | undefined {
  const name = mapping.spec.resolver ?? moduleConfig(definitions).resolver ?? 'kubernetes-service';
  if (definitions.of('KubernetesServiceResolver').some((resolver) => resolver.metadata.name === name))
    return { type: 'dns', name };
  if (definitions.of('KubernetesEndpointResolver').some((resolver) => resolver.metadata.name === name))
    return { type: 'endpoints', name };
  const type = BUILT_IN[name];
  return type === undefined ? undefined : { type, name };
}
