import { EMPTY_SET, setVersion } from '../../../src/snapshot/resource-set';
import {
  RESOURCE_TYPES,
  type Resource,
  type ResourceSet,
  type ResourceType,
  type Snapshot,
} from '../../../src/snapshot/snapshot';

/** A resource of which only name, version and references matter. */
export function resource(name: string, version = '1', references: Resource['references'] = {}): Resource {
  return {
    name,
    version,
    any: Buffer.from(`${name}@${version}`),
    references,
    origins: [{ kind: 'Mapping', namespace: 'default', name, location: { file: `${name}.yaml`, line: 1, column: 1 } }],
  };
}

export function resourceSet(resources: readonly Resource[]): ResourceSet {
  if (resources.length === 0) return EMPTY_SET;
  return { version: setVersion(resources), resources: new Map(resources.map((each) => [each.name, each])) };
}

export type Resources = Readonly<Partial<Record<ResourceType, readonly Resource[]>>>;

/**
 * Built by hand, so that a test can publish what the consistency check would refuse. Secrets are sent only if something refers
 * to them: here that is a route that nobody asks for.
 */
export function snapshot(resources: Resources, group = 'default'): Snapshot {
  const { secrets = [], routes = [] } = resources;
  const holder = resource('~holder', '1', { secrets: secrets.map(({ name }) => name) });
  const held: Resources = { ...resources, ...(secrets.length > 0 && { routes: [...routes, holder] }) };
  const types = Object.fromEntries(RESOURCE_TYPES.map((type) => [type, resourceSet(held[type] ?? [])]));
  return { group, types: types as Snapshot['types'] };
}
