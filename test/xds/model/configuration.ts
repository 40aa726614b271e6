import fc from 'fast-check';
import { Writer } from 'protobufjs/minimal';
import { setVersion } from '../../../src/snapshot/resource-set';
import {
  RESOURCE_TYPES,
  type Resource,
  type ResourceSet,
  type ResourceType,
  type Snapshot,
  TYPE_URLS,
} from '../../../src/snapshot/snapshot';

// What may be published in a trace: a few of each type, referring to each other as Countersign's resources do.

/** `bad…` is refused by every Envoy, `odd` by some. */
const VERSIONS = ['1', '2', '3', 'bad1', 'bad2', 'odd'] as const;
const SECRETS = ['s0', 's1', 's2'] as const;
export const CLUSTERS = ['c0', 'c1', 'c2', 'c3', 'c4'] as const;

interface ClusterOf {
  readonly version: string;
  readonly endpoints: string;
  readonly secret: string | null;
}

interface ListenerOf {
  readonly version: string;
  readonly secrets: readonly string[];
  readonly route: string;
  /** Clusters that its routes name; those that are not there are left out. */
  readonly clusters: readonly string[];
}

export interface Configuration {
  readonly clusters: Readonly<Record<string, ClusterOf>>;
  readonly listeners: Readonly<Record<string, ListenerOf>>;
  readonly secrets: Readonly<Record<(typeof SECRETS)[number], string>>;
}

const version = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('1', '2', '3') },
  { weight: 2, arbitrary: fc.constantFrom(...VERSIONS) },
);
const dictionary = <T>(names: readonly string[], of: fc.Arbitrary<T>) =>
  fc.dictionary(fc.constantFrom(...names), of, { noNullPrototype: true });

export const configuration: fc.Arbitrary<Configuration> = fc.record({
  clusters: dictionary(
    CLUSTERS,
    fc.record({ version, endpoints: version, secret: fc.option(fc.constantFrom(...SECRETS)) }),
  ),
  listeners: dictionary(
    ['l0', 'l1', 'l2'],
    fc.record({
      version,
      secrets: fc.subarray([...SECRETS]),
      route: version,
      clusters: fc.subarray([...CLUSTERS]),
    }),
  ),
  secrets: fc.record({ s0: version, s1: version, s2: version }),
});

type References = Resource['references'];

const made = new Map<string, Resource>();

/** Its bytes say name, version and references, so that a client can tell what it really got. */
function resource(type: ResourceType, name: string, version: string, references: References = {}): Resource {
  const tokens = Object.entries(references).flatMap(([to, names]) => names.map((each) => `${to}=${each}`));
  const full = [version, ...tokens].join(',');
  const key = `${type}/${name}@${full}`;
  let known = made.get(key);
  if (known === undefined) {
    const writer = Writer.create().uint32(10).string(TYPE_URLS[type]).uint32(18).string(`${name}@${full}`);
    known = { name, version: full, any: Buffer.from(writer.finish()), references, origins: [] };
    made.set(key, known);
  }
  return known;
}

/** The bytes of a resource, read back. */
export interface Parsed {
  readonly name: string;
  readonly version: string;
  readonly references: readonly (readonly [ResourceType, string])[];
}

export function parse(value: Uint8Array): Parsed {
  const [name = '', version = ''] = Buffer.from(value).toString().split('@');
  const references = version
    .split(',')
    .slice(1)
    .map((token) => token.split('=') as [ResourceType, string]);
  return { name, version, references };
}

function set(resources: readonly Resource[]): ResourceSet {
  return { version: setVersion(resources), resources: new Map(resources.map((each) => [each.name, each])) };
}

/** Consistent, as the check on snapshots demands: nothing refers to what is not there. */
export function snapshotOf({ clusters, listeners, secrets }: Configuration, group: string): Snapshot {
  const all: Record<ResourceType, Resource[]> = { clusters: [], endpoints: [], secrets: [], listeners: [], routes: [] };
  const used = new Set<string>();
  for (const [name, { version, endpoints, secret }] of Object.entries(clusters)) {
    const references: References = { endpoints: [`e/${name}`], ...(secret !== null && { secrets: [secret] }) };
    if (secret !== null) used.add(secret);
    all.clusters.push(resource('clusters', name, version, references));
    all.endpoints.push(resource('endpoints', `e/${name}`, endpoints));
  }
  for (const [name, { version, secrets: own, route, clusters: named }] of Object.entries(listeners)) {
    for (const secret of own) used.add(secret);
    all.listeners.push(
      resource('listeners', name, version, {
        routes: [`r/${name}`],
        ...(own.length > 0 && { secrets: own }),
      }),
    );
    const there = named.filter((cluster) => cluster in clusters);
    all.routes.push(resource('routes', `r/${name}`, route, there.length > 0 ? { clusters: there } : {}));
  }
  for (const name of SECRETS) if (used.has(name)) all.secrets.push(resource('secrets', name, secrets[name]));
  const types = Object.fromEntries(RESOURCE_TYPES.map((type) => [type, set(all[type])]));
  return { group, types: types as Snapshot['types'] };
}
