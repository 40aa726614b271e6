import { type ResourceType, type Snapshot } from '../../../src/snapshot/snapshot';
import { parse, type Parsed } from './configuration';
import type { Connection, Witness } from './connection';
import { key, type Response, type Verdict } from './envoy-model';
import type { Replica } from './replica';

/** Unanswered responses of one type that the server may have on a stream. */
const WINDOW = 32;
/**
 * More often than this nobody is sent bytes that it refuses: once, and again in each half until they are alone; and endpoints
 * for each time that their cluster is tried again.
 */
const TRIES = 60;

const identity = (type: ResourceType, { name, version }: Parsed) => `${type} ${name}@${version}`;

/**
 * What the protocol says of single responses, judged as they are sent and applied. It knows what was published and what
 * clients answered, and nothing of the server.
 */
export class Oracle implements Witness {
  responses = 0;
  refusals = 0;
  /** All that was ever published to a group. */
  readonly #published = new Set<string>();
  /** What a node refused and the server knows, by replica: one that was restarted has forgotten it. */
  readonly #refused = new WeakMap<Replica, Set<string>>();
  readonly #tries = new WeakMap<Connection, Map<string, number>>();
  /** Clusters of which a node ever refused some bytes, and so may lack. */
  readonly #lacking = new Set<string>();
  readonly #told = new WeakSet<Connection>();
  readonly #nonces = new WeakMap<Connection, Set<string>>();

  publish({ group, types }: Snapshot): void {
    for (const [type, { resources }] of Object.entries(types))
      for (const { any, name, version } of resources.values()) {
        const own = parse(any.subarray(any.indexOf(`${name}@${version}`)));
        this.#published.add(`${group} ${identity(type as ResourceType, own)}`);
      }
  }

  refused(connection: Connection): ReadonlySet<string> {
    return this.#refused.get(connection.replica) ?? new Set();
  }

  sent(connection: Connection, response: Response): void {
    const { type, resources, removed, nonce, complete } = response;
    this.responses += 1;
    const fail = (what: string): never => {
      throw new Error(
        `${what}: ${type} ${resources.map(({ name, version }) => `${name}@${version}`).join(' ')} -${removed.join(' -')}`,
      );
    };
    const nonces = this.#nonces.get(connection) ?? new Set<string>();
    this.#nonces.set(connection, nonces);
    if (nonce === '' || nonces.has(nonce)) fail('rule 2: a nonce for the second time');
    nonces.add(nonce);

    if (new Set(resources.map(({ name }) => name)).size < resources.length) fail('rule 15: a name twice');
    if (type === 'secrets' && resources.length > 1) fail('rule 13: more than one secret');
    if (type === 'secrets' && removed.length > 0) fail('rule 22: a secret is said to be gone');
    if (connection.protocol === 'sotw' && removed.length > 0) fail('SotW has no removals');
    if ((connection.unanswered.get(type) ?? 0) > (complete ? 1 : WINDOW)) fail('too many unanswered');

    const current = connection.published;
    for (const each of resources) {
      const retained = complete && connection.envoy.reported[type].has(each.name);
      // It may keep what it has, be it from the group to which it belonged before.
      const groups = retained ? ['default', 'blue'] : [connection.group];
      if (!groups.some((group) => this.#published.has(`${group} ${identity(type, each)}`)))
        fail('bytes that were never published');
      if (current?.types[type].resources.has(each.name) !== true && !retained) fail('what is not published any more');
      if (retained) continue;
      for (const [to, name] of each.references)
        if (current?.types[to].resources.has(name) !== true)
          fail(`rule 22: refers to ${to} ${name}, which is not supplied`);
    }
    this.#judgeRefused(connection, response, fail);
  }

  applied(connection: Connection, response: Response, { bad }: Verdict): void {
    for (const { name } of response.type === 'clusters' ? bad : []) this.#lacking.add(`${connection.node} ${name}`);
    if (connection.aggregated) this.#judgeOrder(connection, response);
    if (response.complete && bad.length === 0) this.#told.add(connection);
    if (bad.length > 0) this.refusals += 1;
  }

  /** Only now the server can know. */
  answered(connection: Connection, { type }: Response, { told }: Verdict): void {
    if (told.length === 0) return;
    const refused = this.#refused.get(connection.replica) ?? new Set<string>();
    this.#refused.set(connection.replica, refused);
    for (const each of told) refused.add(`${connection.node} ${identity(type, each)}`);
  }

  knows(connection: Connection, type: ResourceType, resource: Parsed): boolean {
    return this.refused(connection).has(`${connection.node} ${identity(type, resource)}`);
  }

  /** Make before break: no route of the client names a cluster that it has not. */
  #judgeOrder(connection: Connection, { type }: Response): void {
    const { envoy, published } = connection;
    if (published === undefined || envoy.habits.explicit || (type !== 'clusters' && type !== 'routes')) return;
    // A control plane that has just been restarted can't know in SotW which clusters the client still uses.
    const excused = type === 'clusters' && connection.protocol === 'sotw' && !this.#told.has(connection);
    const refuses = (of: ResourceType, name: string): boolean => {
      const resource = published.types[of].resources.get(name);
      return resource !== undefined && envoy.refuses({ name, version: resource.version, references: [] });
    };
    for (const [name, { references }] of envoy.live.routes) {
      // It keeps an old route where it refuses the new one, or the listener of it.
      if (refuses('routes', name) || refuses('listeners', name.slice(2))) continue;
      for (const [, cluster] of references) {
        const lacking = `${connection.node} ${cluster}`;
        if (envoy.live.clusters.has(cluster) || this.#lacking.has(lacking)) continue;
        if (!excused) throw new Error(`rule 19: route ${name} names the cluster ${cluster}, which is not there`);
        this.#lacking.add(lacking);
      }
    }
  }

  #judgeRefused(connection: Connection, { type, resources }: Response, fail: (what: string) => never): void {
    const tries = this.#tries.get(connection) ?? new Map<string, number>();
    this.#tries.set(connection, tries);
    for (const each of resources) {
      if (!connection.envoy.refuses(each)) continue;
      if (this.knows(connection, type, each)) fail('rule 5: refused, and sent again');
      const count = (tries.get(key(type, `${each.name}@${each.version}`)) ?? 0) + 1;
      tries.set(key(type, `${each.name}@${each.version}`), count);
      if (count > TRIES) fail('rule 5: refused, and tried for ever');
    }
  }
}
