import { RESOURCE_TYPES, type ResourceType } from '../../../src/snapshot/snapshot';
import type { Parsed } from './configuration';

/** One response, as a client reads it from the wire. */
export interface Response {
  readonly type: ResourceType;
  readonly version: string;
  readonly nonce: string;
  readonly resources: readonly Parsed[];
  readonly removed: readonly string[];
  /** SotW clusters and listeners: what is not in it is gone. */
  readonly complete: boolean;
}

export interface Habits {
  /** Applies the good part of a response that it refuses, as Envoy does unless the response can't be read at all. */
  readonly partial: boolean;
  /** Says which clusters and listeners it refuses. */
  readonly names: boolean;
  /** Holds its answer to clusters back until they are warm. */
  readonly holds: boolean;
  /** Refuses versions `odd…` too. */
  readonly picky: boolean;
  /** Asks for clusters by name. */
  readonly explicit: boolean;
}

export interface Verdict {
  readonly error: string | undefined;
  readonly bad: readonly Parsed[];
  /** Refused, and the server can know it: it was alone, or was named. */
  readonly told: readonly Parsed[];
}

type ByType<T> = Readonly<Record<ResourceType, T>>;
const byType = <T>(make: () => T): ByType<T> =>
  Object.fromEntries(RESOURCE_TYPES.map((type) => [type, make()])) as unknown as ByType<T>;

export const key = (type: ResourceType, name: string): string => `${type} ${name}`;

/** What one Envoy has, whatever stream it came by; written from Envoy's documents and behaviour, not from the server's code. */
export class EnvoyModel {
  readonly habits: Habits;
  readonly live: ByType<Map<string, Parsed>> = byType(() => new Map<string, Parsed>());
  /** Versions that it acknowledged, and so reports when it reconnects in delta. */
  readonly reported: ByType<Map<string, string>> = byType(() => new Map<string, string>());
  /** References of parents that were replaced, which must arrive anew. */
  readonly cold = new Set<string>();
  /** Secrets of which it refused bytes after it had good ones: it would use the bad ones for the next parent. */
  readonly poisoned = new Set<string>();
  /** Clusters that it asks for by name, and whether for all. */
  readonly named = new Set<string>();
  wildcard: boolean;

  constructor(habits: Habits) {
    this.habits = habits;
    this.wildcard = !habits.explicit;
  }

  refuses({ version }: Parsed): boolean {
    return version.startsWith('bad') || (this.habits.picky && version.startsWith('odd'));
  }

  wants(type: ResourceType): readonly string[] {
    if (type === 'clusters') return [...this.named];
    if (type === 'listeners') return [];
    const parents = [...this.live.clusters.values(), ...this.live.listeners.values()];
    const names = parents.flatMap(({ references }) => references.flatMap(([to, name]) => (to === type ? [name] : [])));
    return [...new Set(names)].sort();
  }

  /** Applies a response. @param confirmed Versions that this stream's client has acknowledged. */
  apply(response: Response, confirmed: ReadonlyMap<string, string>): Verdict {
    const { type, resources } = response;
    const live = this.live[type];
    const bad = resources.filter((each) => this.refuses(each));
    for (const { name } of type === 'secrets' ? bad : []) if (live.has(name)) this.poisoned.add(name);
    if (bad.length === 0 || this.habits.partial) this.#take(response, new Set(bad));
    for (const { name } of bad) this.cold.delete(key(type, name));
    if (bad.length === 0) {
      for (const { name, version } of resources) this.reported[type].set(name, version);
      return { error: undefined, bad, told: [] };
    }
    const named = this.habits.names && (type === 'clusters' || type === 'listeners');
    const fresh = response.complete ? resources.filter((each) => confirmed.get(each.name) !== each.version) : resources;
    const kind = type === 'clusters' ? 'cluster' : 'listener';
    return {
      error: named
        ? `Error adding/updating ${kind}(s) ${bad.map(({ name }) => `${name}: no`).join(', ')}`
        : 'something is wrong',
      bad,
      told: named || fresh.length === 1 ? bad : [],
    };
  }

  /** Forgets what it no longer asks for. */
  forgetUnwanted(): void {
    for (const type of ['endpoints', 'secrets', 'routes'] as const) {
      const wanted = new Set(this.wants(type));
      for (const name of [...this.live[type].keys(), ...this.reported[type].keys()])
        if (!wanted.has(name)) this.#drop(type, name);
      for (const each of this.cold) {
        const [of, name = ''] = each.split(' ');
        if (of === type && !wanted.has(name)) this.cold.delete(each);
      }
    }
    for (const name of this.poisoned) if (!this.live.secrets.has(name)) this.poisoned.delete(name);
  }

  /** Changes which clusters it asks for, and forgets those that it no longer does. */
  ask(clusters: readonly string[], wildcard: boolean, protocol: 'sotw' | 'delta'): void {
    const before = new Set(this.named);
    this.named.clear();
    for (const name of clusters) this.named.add(name);
    this.wildcard = wildcard;
    for (const name of [...this.live.clusters.keys(), ...this.reported.clusters.keys()]) {
      // In delta, unsubscribing a name forgets it even if the wildcard covers it, and the server answers.
      const unsubscribed = protocol === 'delta' && before.has(name) && !this.named.has(name);
      if (unsubscribed || !this.asksFor(name)) this.#drop('clusters', name);
    }
    this.forgetUnwanted();
  }

  asksFor(cluster: string): boolean {
    return this.wildcard || this.named.has(cluster);
  }

  #take({ type, resources, removed, complete }: Response, bad: ReadonlySet<Parsed>): void {
    const live = this.live[type];
    for (const each of resources) {
      if (bad.has(each) || (type === 'clusters' && !this.asksFor(each.name))) continue;
      const before = live.get(each.name);
      live.set(each.name, each);
      this.cold.delete(key(type, each.name));
      if (type === 'secrets') this.poisoned.delete(each.name);
      if (before?.version === each.version || (type !== 'clusters' && type !== 'listeners')) continue;
      for (const [to, name] of each.references)
        if (to === 'endpoints' || to === 'secrets') this.cold.add(key(to, name));
    }
    const carried = new Set(resources.map(({ name }) => name));
    for (const name of complete ? [...live.keys()].filter((each) => !carried.has(each)) : removed) {
      live.delete(name);
      // What it refused is not acknowledged in any part.
      if (bad.size === 0) this.reported[type].delete(name);
    }
  }

  #drop(type: ResourceType, name: string): void {
    this.live[type].delete(name);
    this.reported[type].delete(name);
  }
}
