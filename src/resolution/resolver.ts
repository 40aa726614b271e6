import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { moduleConfig } from './module';

/** Where the endpoints of a service come from: Envoy’s own DNS, or the control plane’s endpoint assignments. */
export interface Resolver {
  readonly type: 'dns' | 'endpoints';
  readonly name: string;
}

/** Ambassador’s implicit resolvers. */
const BUILT_IN: readonly Resolver[] = [
  { type: 'dns', name: 'kubernetes-service' },
  { type: 'endpoints', name: 'kubernetes-endpoint' },
  { type: 'endpoints', name: 'endpoint' },
];

interface Resolvers {
  readonly byName: ReadonlyMap<string, Resolver>;
  /** Of Mappings that name none. */
  readonly usual: string;
}

const known = new WeakMap<Definitions, Resolvers>();

/** The resolver of a Mapping: its own, else the Module’s, else `kubernetes-service`. Undefined if the name means nothing. */
export function resolverOf(mapping: Definition<'Mapping'>, definitions: Definitions): Resolver | undefined {
  const { byName, usual } = resolversOf(definitions);
  return byName.get(mapping.spec.resolver ?? usual);
}

function resolversOf(definitions: Definitions): Resolvers {
  let resolvers = known.get(definitions);
  if (resolvers === undefined) {
    const defined = (kind: 'KubernetesServiceResolver' | 'KubernetesEndpointResolver', type: Resolver['type']) =>
      definitions.of(kind).map(({ metadata: { name } }): Resolver => ({ type, name }));
    const all = [
      ...BUILT_IN,
      ...defined('KubernetesEndpointResolver', 'endpoints'),
      ...defined('KubernetesServiceResolver', 'dns'),
    ];
    const usual = moduleConfig(definitions).resolver ?? 'kubernetes-service';
    resolvers = { byName: new Map(all.map((resolver) => [resolver.name, resolver])), usual };
    known.set(definitions, resolvers);
  }
  return resolvers;
}
