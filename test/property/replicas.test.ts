import fc from 'fast-check';
import { stringify } from 'yaml';
import { compile } from '../../src/compile';
import type { Document } from '../../src/model/document';
import { encodeAnyByName, type MessageName } from '../../src/protos';
import { DEFAULT_POLICY as policy } from '../../src/resolution/policy';
import { ResourceEncoder } from '../../src/snapshot/resource-encoder';
import { RESOURCE_TYPES, type Snapshot } from '../../src/snapshot/snapshot';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { configurations, SURROUNDINGS } from './configurations';

// Two replicas read the same definitions: from files of other names, in another order, with the keys of each object in another
// order. What they serve must be the same to the last bit, or an Envoy that changes from one to the other is told everything anew.

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 60);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_127);
const AT = new Date('2026-06-15T12:00:00Z');
const KEY = Buffer.alloc(32, 7);

/** One replica, from the text on: nothing is shared with another. */
function served(files: ReadonlyMap<string, string>): ReadonlyMap<string, Snapshot> {
  const documents: readonly Document[] = [...files].flatMap(
    ([file, text]) => readDocuments(file, Buffer.from(text)).documents,
  );
  const encoder = new ResourceEncoder<MessageName>(encodeAnyByName, KEY);
  const { groups } = compile(documents, { policy, at: AT, encoder, unread: [] });
  return new Map([...groups].map(([group, { snapshot }]) => [group, snapshot]));
}

const versions = (snapshots: ReadonlyMap<string, Snapshot>) =>
  Object.fromEntries(
    [...snapshots]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([group, { types }]) => [
        group,
        RESOURCE_TYPES.map((type) => [
          type,
          types[type].version,
          [...types[type].resources.values()].map(({ name, version }) => `${name}@${version}`),
        ]),
      ]),
  );

/** Numbers below `limit`, the same in each run (a linear congruential generator). */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}

function shuffled<T>(items: readonly T[], random: (limit: number) => number): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(random(left.length), 1));
}

/** The same value with the keys of its objects in another order. */
function reordered(value: unknown, random: (limit: number) => number): unknown {
  if (Array.isArray(value)) return value.map((each) => reordered(each, random));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    shuffled(Object.entries(value), random).map(([key, each]) => [key, reordered(each, random)]),
  );
}

/** The documents in up to four files with names of their own, as YAML. */
function disordered(documents: readonly unknown[], random: (limit: number) => number): ReadonlyMap<string, string> {
  const files = new Map<string, string[]>();
  for (const document of shuffled(documents, random)) {
    const name = `${'dbca'[random(4)]}-${random(2)}.yaml`;
    files.set(name, [...(files.get(name) ?? []), stringify(reordered(document, random), { lineWidth: 0 })]);
  }
  const names = [...files.keys()].toSorted();
  return new Map(names.map((name) => [name, (files.get(name) ?? []).join('---\n')]));
}

test(
  'rule 16: replicas that are fed the same definitions in another order serve the same versions',
  () => {
    let resources = 0;
    fc.assert(
      fc.property(configurations(), fc.nat(), (configuration, seed) => {
        const random = numbers(seed + 1);
        const documents = [...SURROUNDINGS, ...configuration.map(({ document }) => document)].map(({ value }) => value);
        const inOrder = new Map(
          documents.map((value, index) => [`${String(index).padStart(3, '0')}.yaml`, JSON.stringify(value)]),
        );
        const one = served(inOrder);
        expect(versions(served(disordered(documents, random)))).toEqual(versions(one));
        for (const { types } of one.values())
          for (const type of RESOURCE_TYPES) resources += types[type].resources.size;
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: process.env['PROPERTY_SHRINK'] === undefined },
    );
    process.stdout.write(`${RUNS} shuffles of ${resources} resources: identical versions\n`);
    expect(resources).toBeGreaterThan(RUNS);
  },
  RUNS * 2_000 + 30_000,
);
