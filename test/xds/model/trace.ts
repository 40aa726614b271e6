import fc from 'fast-check';
import { RESOURCE_TYPES, type ResourceType } from '../../../src/snapshot/snapshot';
import { CLUSTERS, type Configuration, configuration, snapshotOf } from './configuration';
import { type Connection, DeltaConnection, type Protocol, SotwConnection, type Witness } from './connection';
import { EnvoyModel, type Habits, type Response, type Verdict } from './envoy-model';
import { Oracle } from './oracle';
import { Replica } from './replica';

const GROUPS = ['default', 'blue'] as const;

interface ClientOf extends Habits {
  readonly protocol: Protocol;
  /** One stream for each type, without ADS. */
  readonly split: boolean;
  readonly star: boolean;
}

export type Step =
  | { readonly do: 'publish'; readonly configuration: Configuration; readonly group: number; readonly late: boolean }
  | { readonly do: 'refresh' }
  | { readonly do: 'answer'; readonly client: number; readonly count: number; readonly stream: number }
  | { readonly do: 'ask'; readonly client: number; readonly clusters: readonly string[]; readonly wildcard: boolean }
  | { readonly do: 'repeat'; readonly client: number; readonly type: ResourceType }
  | {
      readonly do: 'reconnect';
      readonly client: number;
      readonly replica: number;
      /** The server has not noticed that the old streams are gone. */
      readonly lingering: boolean;
      /** The other kind of stream: Envoy was restarted with another bootstrap. */
      readonly other: boolean;
      readonly restarted: boolean;
    }
  | { readonly do: 'restart'; readonly replica: number };

export interface Trace {
  readonly clients: readonly ClientOf[];
  readonly steps: readonly Step[];
  readonly last: Configuration;
}

const client = fc.nat({ max: 2 });
const replica = fc.nat({ max: 1 });
const rarely = fc.nat({ max: 3 }).map((value) => value === 0);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      configuration,
      group: fc.nat({ max: 5 }).map((value) => (value === 0 ? 1 : 0)),
      late: rarely,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refresh' as const) }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      client,
      count: fc.integer({ min: 1, max: 5 }),
      stream: fc.nat({ max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      client,
      clusters: fc.subarray([...CLUSTERS]),
      wildcard: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('repeat' as const), client, type: fc.constantFrom(...RESOURCE_TYPES) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reconnect' as const),
      client,
      replica,
      lingering: rarely,
      other: rarely,
      restarted: rarely,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), replica }) },
);

export function traces(protocol: Protocol, split: boolean): fc.Arbitrary<Trace> {
  const one = fc.record({
    protocol: fc.constant(protocol),
    split: fc.constant(split),
    partial: fc.boolean(),
    names: fc.boolean(),
    holds: fc.boolean(),
    picky: fc.boolean(),
    explicit: rarely,
    star: fc.boolean(),
  });
  return fc.record({
    clients: fc.array(one, { minLength: 1, maxLength: 3 }),
    steps: fc.array(step, { maxLength: 40 }),
    last: configuration,
  });
}

/** One Envoy of a trace, with the streams that it has now. */
class Client implements Witness {
  readonly node: { readonly id: string; readonly cluster: string };
  readonly #habits: ClientOf;
  readonly #witness: Witness;
  protocol: Protocol;
  envoy: EnvoyModel;
  streams: (DeltaConnection | SotwConnection)[] = [];
  /** Clusters and listeners that it has, and of which no server that it is connected to can know. */
  readonly unknowable = new Set<string>();
  #versions = new Map<ResourceType, string>();
  #replica: Replica | undefined;

  constructor(index: number, habits: ClientOf, witness: Witness) {
    this.node = { id: `n${index}`, cluster: index === 2 ? 'blue' : '' };
    this.#habits = habits;
    this.#witness = witness;
    this.protocol = habits.protocol;
    this.envoy = new EnvoyModel(habits);
  }

  restart(): void {
    this.envoy = new EnvoyModel(this.#habits);
    this.#versions = new Map();
  }

  connect(replica: Replica): void {
    const { split, star } = this.#habits;
    this.envoy.cold.clear();
    // What it applied of a refused response and does not report, only the server that was refused can know of.
    if (replica !== this.#replica)
      for (const type of ['clusters', 'listeners'] as const)
        for (const name of this.envoy.live[type].keys())
          if (!this.envoy.reported[type].has(name)) this.unknowable.add(`${type} ${name}`);
    this.#replica = replica;
    const sets: readonly (readonly ResourceType[])[] = split ? RESOURCE_TYPES.map((type) => [type]) : [RESOURCE_TYPES];
    for (const types of sets) {
      const common = [this.protocol, this.envoy, replica, this.node, types, this] as const;
      if (this.protocol === 'delta') {
        const stream = new DeltaConnection(...common);
        this.streams.push(stream);
        stream.connect(true, star);
      } else {
        const stream = new SotwConnection(this.#versions, ...common);
        this.streams.push(stream);
        stream.connect(star);
      }
    }
  }

  disconnect(lingering: boolean): void {
    if (!lingering) for (const stream of this.streams) stream.close();
    this.streams = [];
  }

  /** Reads a response from one stream, and asks for what follows on the others. */
  answer(stream: Connection): boolean {
    const answered = stream.answer();
    // Without ADS, Envoy opens a stream of its own for what a changed parent refers to.
    if (this.#habits.split) this.envoy.cold.clear();
    if (answered)
      for (const other of this.streams)
        if (other !== stream) {
          for (const type of ['endpoints', 'secrets', 'routes'] as const)
            if (other.types.includes(type)) other.update(type);
          other.thaw();
        }
    return answered;
  }

  /** Reads so many responses from one of the streams. */
  answerOn(index: number, count: number): void {
    const stream = this.streams[index % this.streams.length];
    if (stream === undefined) return;
    for (let left = count; left > 0 && this.answer(stream); left -= 1);
  }

  ask(clusters: readonly string[], wildcard: boolean): void {
    if (!this.envoy.habits.explicit) return;
    this.envoy.ask(clusters, wildcard, this.protocol);
    for (const stream of this.streams) {
      for (const type of ['clusters', 'endpoints', 'secrets', 'routes'] as const)
        if (stream.types.includes(type)) stream.update(type);
    }
  }

  sent(connection: Connection, response: Response): void {
    this.#witness.sent(connection, response);
  }

  applied(connection: Connection, response: Response, verdict: Verdict): void {
    this.#witness.applied(connection, response, verdict);
  }

  answered(connection: Connection, response: Response, verdict: Verdict): void {
    this.#witness.answered(connection, response, verdict);
  }
}

/** Runs a trace to its end and throws at the first thing that is wrong. Returns what happened, for figures. */
export function run({ clients: kinds, steps, last }: Trace): Oracle {
  const oracle = new Oracle();
  const newest = new Map<string, ReturnType<typeof snapshotOf>>();
  const replicas = [new Replica([]), new Replica([])];
  const clients = kinds.map((kind, index) => new Client(index, kind, oracle));
  const at = (index: number): Replica => replicas[index] ?? new Replica([]);
  const publish = (content: Configuration, group: string) => {
    const snapshot = snapshotOf(content, group);
    newest.set(group, snapshot);
    oracle.publish(snapshot);
    for (const each of replicas) each.publish(snapshot);
  };
  const reconnect = (who: Client, replica: Replica) => {
    who.disconnect(false);
    who.connect(replica);
  };
  for (const who of clients) who.connect(at(0));

  for (const each of steps) {
    if (each.do === 'publish') {
      publish(each.configuration, GROUPS[each.group] ?? 'default');
      if (!each.late) for (const one of replicas) one.refresh();
    } else if (each.do === 'refresh') {
      for (const one of replicas) one.refresh();
    } else if (each.do === 'restart') {
      const old = at(each.replica);
      const fresh = new Replica(newest.values());
      replicas[each.replica] = fresh;
      for (const who of clients) if (who.streams[0]?.replica === old) reconnect(who, fresh);
    } else {
      const who = clients[each.client];
      if (who === undefined) continue;
      if (each.do === 'ask') who.ask(each.clusters, each.wildcard);
      else if (each.do === 'answer') {
        who.answerOn(each.stream, each.count);
      } else if (each.do === 'repeat') {
        who.streams.find(({ types }) => types.includes(each.type))?.repeat(each.type);
      } else {
        who.disconnect(each.lingering);
        if (each.restarted || each.other) who.restart();
        if (each.other) who.protocol = who.protocol === 'delta' ? 'sotw' : 'delta';
        who.connect(at(each.replica));
      }
    }
  }

  publish(last, 'default');
  settle(replicas, clients);
  for (const who of clients) judge(who);
  quiet(replicas, clients, () => {
    for (const [group, snapshot] of newest) {
      const again = { group, types: { ...snapshot.types } };
      for (const one of replicas) one.publish(again);
    }
  });
  return oracle;
}

function settle(replicas: readonly Replica[], clients: readonly Client[]): void {
  for (const one of replicas) one.refresh();
  let count = 0;
  for (let busy = true; busy; ) {
    busy = false;
    for (const who of clients)
      for (const stream of who.streams)
        while (who.answer(stream)) {
          busy = true;
          if ((count += 1) > 3_000) throw new Error('the server never stops sending');
        }
    if (busy) continue;
    for (const who of clients)
      for (const stream of who.streams) {
        if (stream.held.length === 0) continue;
        const missing = [...who.envoy.cold].filter(
          (each) => each.startsWith('endpoints ') && expected(who, stream, each),
        );
        if (missing.length > 0) throw new Error(`rule 19: stalls, for want of ${missing.join()}`);
        stream.thaw(true);
        busy = true;
      }
  }
}

/** Whether the server can and must supply this (`type name`). */
function expected(who: Client, stream: Connection, what: string): boolean {
  const [type, name] = what.split(' ') as [ResourceType, string];
  const published = stream.published?.types[type].resources.get(name);
  return published !== undefined && !who.envoy.refuses({ name, version: published.version, references: [] });
}

/** What a client must have when nothing moves any more. */
function judge(who: Client): void {
  const { envoy } = who;
  for (const stream of who.streams) {
    if (!stream.settled) throw new Error('nothing moves, and it says that it is not settled');
    for (const type of stream.types) {
      const published = stream.published?.types[type].resources;
      if (published === undefined) continue;
      const wanted =
        type === 'listeners' || (type === 'clusters' && envoy.wildcard) ? [...published.keys()] : envoy.wants(type);
      for (const name of wanted) {
        const resource = published.get(name);
        const live = envoy.live[type].get(name);
        if (resource === undefined) continue;
        const refuses = envoy.refuses({ name, version: resource.version, references: [] });
        if (!refuses && live?.version !== resource.version)
          throw new Error(`stalls: has ${type} ${name}@${live?.version} and not ${resource.version}`);
        if (!refuses && envoy.cold.has(`${type} ${name}`))
          throw new Error(`rules 20, 21: ${type} ${name} did not come again`);
        if (type === 'secrets' && envoy.poisoned.has(name) && !refuses)
          throw new Error(`secret ${name} is still the refused one`);
      }
      if (type !== 'clusters' && type !== 'listeners') continue;
      for (const name of envoy.live[type].keys())
        if (!published.has(name) && (envoy.reported[type].has(name) || !who.unknowable.has(`${type} ${name}`)))
          throw new Error(`zombie: ${type} ${name}`);
    }
  }
}

/** A change that changes nothing is not told. */
function quiet(replicas: readonly Replica[], clients: readonly Client[], publish: () => void): void {
  publish();
  for (const one of replicas) one.refresh();
  for (const who of clients)
    for (const stream of who.streams) if (who.answer(stream)) throw new Error('rule 6: no change, and a response');
}
