import fc from 'fast-check';
import type { ResourceType } from '../../src/snapshot/snapshot';
import type { Outgoing } from '../../src/xds/protocol/outgoing';
import { type DeltaStream, type SotwStream, World } from './support/fake-stream';
import { resource } from './support/snapshots';

// Random histories of publications, slow answers, refusals and reconnections, against a client that behaves as Envoy does.

const NAMES = ['a', 'b', 'c', 'd', 'e'] as const;
const VERSIONS = ['1', '2', '3', 'bad1', 'bad2'] as const;
const TYPES = ['clusters', 'endpoints', 'secrets', 'listeners'] as const;
type Version = (typeof VERSIONS)[number];
type Configuration = Readonly<Partial<Record<string, Version>>>;

type Step =
  | { readonly do: 'publish'; readonly clusters: Configuration; readonly secrets: Configuration }
  | { readonly do: 'answer'; readonly count: number }
  | { readonly do: 'reconnect' };

const configuration = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...VERSIONS), { noNullPrototype: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('publish' as const), clusters: configuration, secrets: configuration }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reconnect' as const) }) },
);

/** Cluster `x` uses endpoints `e/x`; the listener of secret `x` is `l/x`. */
function publish(world: World, clusters: Configuration, secrets: Configuration): void {
  const entries = (from: Configuration) => Object.entries(from) as [string, Version][];
  world.publish({
    clusters: entries(clusters).map(([name, version]) => resource(name, version, { endpoints: [`e/${name}`] })),
    endpoints: entries(clusters).map(([name]) => resource(`e/${name}`)),
    secrets: entries(secrets).map(([name, version]) => resource(name, version)),
    listeners: entries(secrets).map(([name]) => resource(`l/${name}`, '1', { secrets: [name] })),
  });
}

/** What one Envoy has, over all its streams. */
class Client {
  readonly live = new Map<ResourceType, Map<string, string>>(TYPES.map((type) => [type, new Map()]));
  /** Versions that it accepted in an acknowledged response, and so reports when it reconnects in delta. */
  readonly reported = new Map<ResourceType, Map<string, string>>(TYPES.map((type) => [type, new Map()]));
  /** Resources that it refused alone, so that the server knows which one it was. */
  readonly refused = new Set<string>();
  readonly #partial: boolean;

  constructor(partial: boolean) {
    this.#partial = partial;
  }

  /** Applies a response; returns whether it was accepted. */
  apply(out: Outgoing, complete: boolean): boolean {
    const live = this.of(this.live, out.type);
    const reported = this.of(this.reported, out.type);
    const bad = [...out.batch.resources.values()].filter((each) => each.version.startsWith('bad'));
    if (bad.length > 0 && !this.#partial) return false;
    for (const each of out.batch.resources.values()) if (!bad.includes(each)) live.set(each.name, each.version);
    const gone = complete ? [...live.keys()].filter((name) => !out.batch.resources.has(name)) : out.removed;
    for (const name of gone) live.delete(name);
    if (bad.length > 0) return false;
    for (const each of out.batch.resources.values()) reported.set(each.name, each.version);
    for (const name of gone) reported.delete(name);
    return true;
  }

  of<T>(map: ReadonlyMap<ResourceType, T>, type: ResourceType): T {
    const value = map.get(type);
    if (value === undefined) throw new Error(`no ${type}`);
    return value;
  }

  /** What it must subscribe to by name. */
  wanted(type: 'endpoints' | 'secrets'): string[] {
    return type === 'endpoints'
      ? [...this.of(this.live, 'clusters').keys()].map((name) => `e/${name}`)
      : [...this.of(this.live, 'listeners').keys()].map((name) => name.slice(2));
  }
}

const identity = (out: Outgoing, { name, version }: { name: string; version: string }) =>
  `${out.type} ${name}@${version}`;

interface Connection {
  /** Answers the oldest response; false if there is none. */
  answer(): boolean;
  close(): void;
}

abstract class Wire<Stream extends DeltaStream | SotwStream> implements Connection {
  protected readonly stream: Stream;
  protected readonly client: Client;
  protected readonly subscribed = new Map<'endpoints' | 'secrets', readonly string[]>();
  readonly #world: World;
  readonly #unread: Outgoing[] = [];
  sent = 0;

  constructor(world: World, client: Client, stream: Stream) {
    this.#world = world;
    this.client = client;
    this.stream = stream;
  }

  protected abstract reply(out: Outgoing, accepted: boolean): void;
  protected abstract subscribe(): void;

  answer(): boolean {
    for (const out of this.stream.pending()) {
      const again = [...out.batch.resources.values()].find((each) => this.client.refused.has(identity(out, each)));
      if (again !== undefined) throw new Error(`refused, and sent again: ${identity(out, again)}`);
      this.#unread.push(out);
    }
    const out = this.#unread.shift();
    if (out === undefined) return false;
    this.sent += 1;
    if (this.sent > 5_000) throw new Error('the server never stops sending');
    const complete = out.protocol === 'sotw' && (out.type === 'clusters' || out.type === 'listeners');
    const accepted = this.client.apply(out, complete);
    const [only] = out.changed;
    if (!accepted && out.changed.length === 1 && only !== undefined) this.client.refused.add(identity(out, only));
    this.reply(out, accepted);
    this.subscribe();
    return true;
  }

  close(): void {
    this.#world.close(this.stream);
  }
}

class DeltaWire extends Wire<DeltaStream> {
  constructor(world: World, client: Client) {
    super(world, client, world.delta());
    for (const type of ['clusters', 'listeners'] as const) this.stream.request(type, { initial: this.#initial(type) });
    for (const type of ['endpoints', 'secrets'] as const) {
      const names = client.wanted(type);
      this.subscribed.set(type, names);
      if (names.length > 0) this.stream.request(type, { subscribe: names, initial: this.#initial(type, names) });
    }
  }

  #initial(type: ResourceType, names?: readonly string[]): Record<string, string> {
    const reported = [...this.client.of(this.client.reported, type)];
    return Object.fromEntries(reported.filter(([name]) => names === undefined || names.includes(name)));
  }

  protected reply(out: Outgoing, accepted: boolean): void {
    if (accepted) this.stream.ack(out);
    else this.stream.nack(out);
  }

  protected subscribe(): void {
    for (const type of ['endpoints', 'secrets'] as const) {
      const before = this.subscribed.get(type) ?? [];
      const now = this.client.wanted(type);
      const fresh = now.filter((name) => !before.includes(name));
      const gone = before.filter((name) => !now.includes(name));
      this.subscribed.set(type, now);
      for (const name of gone) this.client.of(this.client.reported, type).delete(name);
      if (fresh.length > 0 || gone.length > 0) this.stream.request(type, { subscribe: fresh, unsubscribe: gone });
    }
  }
}

class SotwWire extends Wire<SotwStream> {
  readonly #nonces = new Map<ResourceType, string>();
  readonly #versions: Map<ResourceType, string>;

  constructor(world: World, client: Client, versions: Map<ResourceType, string>) {
    super(world, client, world.sotw());
    this.#versions = versions;
    for (const type of ['clusters', 'listeners'] as const)
      this.stream.request(type, { version: versions.get(type) ?? '' });
    this.subscribe();
  }

  protected reply(out: Outgoing, accepted: boolean): void {
    this.#nonces.set(out.type, out.nonce);
    if (accepted) {
      this.#versions.set(out.type, out.version);
      this.stream.ack(out);
    } else {
      this.stream.nack(out);
    }
  }

  protected subscribe(): void {
    for (const type of ['endpoints', 'secrets'] as const) {
      const before = this.subscribed.get(type) ?? [];
      const names = this.client.wanted(type);
      if (before.join() === names.join()) continue;
      this.subscribed.set(type, names);
      this.stream.request(type, { names, nonce: this.#nonces.get(type) ?? '' });
    }
  }
}

function check(protocol: 'delta' | 'sotw', partial: boolean, steps: readonly Step[], last: Step): void {
  const world = new World();
  const client = new Client(partial);
  const versions = new Map<ResourceType, string>();
  const connect = () => (protocol === 'delta' ? new DeltaWire(world, client) : new SotwWire(world, client, versions));
  let connection: Connection = connect();
  for (const each of [...steps, last]) {
    if (each.do === 'publish') publish(world, each.clusters, each.secrets);
    else if (each.do === 'answer') for (let i = 0; i < each.count; i += 1) connection.answer();
    else {
      connection.close();
      connection = connect();
    }
  }
  while (connection.answer());

  const { types } = world.store.get('default') ?? { types: undefined };
  for (const type of TYPES) {
    const published = types?.[type].resources ?? new Map();
    const live = client.of(client.live, type);
    if (type === 'clusters' || type === 'listeners') {
      expect([...live.keys()].filter((name) => !published.has(name))).toEqual([]);
    }
    const wanted = type === 'endpoints' || type === 'secrets' ? client.wanted(type) : [...published.keys()];
    for (const name of wanted) {
      const version = published.get(name)?.version;
      if (version !== undefined && !version.startsWith('bad'))
        expect([type, name, live.get(name)]).toEqual([type, name, version]);
    }
  }
}

const publication = fc.record({ do: fc.constant('publish' as const), clusters: configuration, secrets: configuration });

test.each([
  ['delta', false],
  ['delta', true],
  ['sotw', false],
  ['sotw', true],
] as const)(
  '%s: every history ends in step, without zombies, no refused bytes again (partly applied: %s)',
  (protocol, partial) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), publication, (steps, last) =>
        check(protocol, partial, steps, last),
      ),
      { numRuns: 250 },
    );
  },
);
