import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { moduleConfig } from './module';
import type { UpstreamReference } from './upstream-reference';

/** Where the endpoints of a service come from: Envoy’s own DNS, or the control plane, which knows them from Kubernetes or from Consul. */
export type Resolver =
  | { readonly type: 'dns' | 'endpoints'; readonly name: string }
  | { readonly type: 'consul'; readonly name: string; readonly definition: Definition<'ConsulResolver'> };

/** Ambassador’s implicit resolvers. */
const BUILT_IN: readonly Resolver[] = [
  { type: 'dns', name: 'kubernetes-service' },
  { type: 'endpoints', name: 'kubernetes-endpoint' },
  { type: 'endpoints', name: 'endpoint' },
];

const defined = new WeakMap<Definition, Resolver>();

/** The same object for the same definition, so that what depends on it can tell that nothing changed. */
function remembered(definition: Definition, make: (name: string) => Resolver): Resolver {
  const resolver = defined.get(definition) ?? make(definition.metadata.name);
  defined.set(definition, resolver);
  return resolver;
}

interface Resolvers {
  readonly byName: ReadonlyMap<string, Resolver>;
  /** Of definitions that name none. */
  readonly usual: string;
}

const known = new WeakMap<Definitions, Resolvers>();

/** The resolver that a definition names, else the Module’s, else `kubernetes-service`. Undefined if the name means nothing. */
export function resolverOf({ resolver }: UpstreamReference, definitions: Definitions): Resolver | undefined {
  const { byName, usual } = resolversOf(definitions);
  return byName.get(resolver ?? usual);
}

/** The resolver of definitions that name none. */
export function usualResolver(definitions: Definitions): Resolver | undefined {
  const { byName, usual } = resolversOf(definitions);
  return byName.get(usual);
}

/** The resolver of that name, as a TLSContext names it. */
export function resolverNamed(name: string, definitions: Definitions): Resolver | undefined {
  return resolversOf(definitions).byName.get(name);
}

function resolversOf(definitions: Definitions): Resolvers {
  let resolvers = known.get(definitions);
  if (resolvers === undefined) {
    const all = [
      ...BUILT_IN,
      ...definitions
        .of('ConsulResolver')
        .map((definition) => remembered(definition, (name) => ({ type: 'consul', name, definition }))),
      ...definitions
        .of('KubernetesEndpointResolver')
        .map((definition) => remembered(definition, (name) => ({ type: 'endpoints', name }))),
      ...definitions
        .of('KubernetesServiceResolver')
        .map((definition) => remembered(definition, (name) => ({ type: 'dns', name }))),
    ];
    const usual = moduleConfig(definitions).resolver ?? 'kubernetes-service';
    resolvers = { byName: new Map(all.map((resolver) => [resolver.name, resolver])), usual };
    known.set(definitions, resolvers);
  }
  return resolvers;
}
