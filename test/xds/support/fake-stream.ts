import { type ResourceType, TYPE_URLS, type Snapshot } from '../../../src/snapshot/snapshot';
import { SnapshotStore } from '../../../src/snapshot/store';
import { AcceptedResources } from '../../../src/xds/protocol/accepted-resources';
import type { NodeIdentity } from '../../../src/xds/protocol/node';
import type { Nack, XdsObserver } from '../../../src/xds/protocol/observer';
import type { Outgoing } from '../../../src/xds/protocol/outgoing';
import { NodeLedgers } from '../../../src/xds/protocol/rejections';
import type { Request } from '../../../src/xds/protocol/request';
import { Session } from '../../../src/xds/protocol/session';
import { type Resources, snapshot } from './snapshots';

const NOW = new Date('2026-01-01T00:00:00Z');

/** What outlives streams: the store, and what is remembered of nodes and groups. */
export class World {
  readonly store = new SnapshotStore();
  readonly ledgers = new NodeLedgers();
  readonly accepted = new AcceptedResources();
  readonly nacks: Nack[] = [];
  readonly acks: string[] = [];
  #streams: FakeStream[] = [];

  constructor(resources?: Resources) {
    this.store.subscribe((published) => {
      this.accepted.publish(published);
      for (const stream of this.#streams) stream.session.refresh();
    });
    if (resources !== undefined) this.publish(resources);
  }

  publish(resources: Resources, group?: string): Snapshot {
    const published = snapshot(resources, group);
    this.store.set(published);
    return published;
  }

  delta(node = 'node-1', cluster = ''): DeltaStream {
    const stream = new DeltaStream(this, node, cluster);
    this.#streams.push(stream);
    return stream;
  }

  sotw(node = 'node-1', cluster = ''): SotwStream {
    const stream = new SotwStream(this, node, cluster);
    this.#streams.push(stream);
    return stream;
  }

  close(stream: FakeStream): void {
    this.#streams = this.#streams.filter((each) => each !== stream);
  }
}

class FakeStream {
  readonly session: Session;
  readonly #node: NodeIdentity;
  #first = true;

  constructor(world: World, protocol: 'sotw' | 'delta', node: string, cluster: string) {
    const observer: XdsObserver = {
      nack: (_stream, nack) => world.nacks.push(nack),
      ack: (_stream, ack) => world.acks.push(`${ack.type} ${ack.version}`),
    };
    const { store, ledgers, accepted } = world;
    const authority = { groups: () => ({ has: () => true }) };
    this.session = new Session({
      id: 1,
      protocol,
      peer: 'test',
      authority,
      snapshots: store,
      ledgers,
      accepted,
      observer,
    });
    this.#node = { id: node, cluster, ambassadorIds: [], envoyVersion: '1.40.0' };
  }

  receive(request: Request): this {
    this.session.receive({ ...request, ...(this.#first && { node: this.#node }) }, NOW);
    this.#first = false;
    return this;
  }

  /** The next response; fails if there is none. */
  next(): Outgoing {
    const out = this.session.next();
    if (out === undefined) throw new Error('no response');
    return out;
  }

  /** All responses that may be written now, without any answer in between. */
  pending(): Outgoing[] {
    const all: Outgoing[] = [];
    for (let out = this.session.next(); out !== undefined; out = this.session.next()) {
      all.push(out);
      if (all.length > 2_000) throw new Error('the session never stops sending');
    }
    return all;
  }
}

export interface DeltaFields {
  readonly subscribe?: readonly string[];
  readonly unsubscribe?: readonly string[];
  readonly initial?: Readonly<Record<string, string>>;
  readonly nonce?: string;
  readonly error?: string;
}

export class DeltaStream extends FakeStream {
  constructor(world: World, node: string, cluster: string) {
    super(world, 'delta', node, cluster);
  }

  request(type: ResourceType, fields: DeltaFields = {}): this {
    return this.receive({
      protocol: 'delta',
      typeUrl: TYPE_URLS[type],
      nonce: fields.nonce ?? '',
      subscribe: fields.subscribe ?? [],
      unsubscribe: fields.unsubscribe ?? [],
      initialVersions: new Map(Object.entries(fields.initial ?? {})),
      ...(fields.error !== undefined && { error: fields.error }),
    });
  }

  ack(out: Outgoing, fields: DeltaFields = {}): this {
    return this.request(out.type, { ...fields, nonce: out.nonce });
  }

  nack(out: Outgoing, error = 'bad', fields: DeltaFields = {}): this {
    return this.request(out.type, { ...fields, nonce: out.nonce, error });
  }

  /** Acknowledges everything until nothing more comes; returns it all. */
  settle(): Outgoing[] {
    const all: Outgoing[] = [];
    for (let batch = this.pending(); batch.length > 0; batch = this.pending()) {
      for (const out of batch) this.ack(out);
      all.push(...batch);
    }
    return all;
  }
}

export interface SotwFields {
  readonly names?: readonly string[];
  readonly version?: string;
  readonly nonce?: string;
  readonly error?: string;
}

/** Remembers what it asked for, as a client does: every SotW request repeats it. */
export class SotwStream extends FakeStream {
  readonly #names = new Map<ResourceType, readonly string[]>();
  readonly #versions = new Map<ResourceType, string>();

  constructor(world: World, node: string, cluster: string) {
    super(world, 'sotw', node, cluster);
  }

  request(type: ResourceType, fields: SotwFields = {}): this {
    if (fields.names !== undefined) this.#names.set(type, fields.names);
    return this.receive({
      protocol: 'sotw',
      typeUrl: TYPE_URLS[type],
      nonce: fields.nonce ?? '',
      version: fields.version ?? this.#versions.get(type) ?? '',
      names: this.#names.get(type) ?? [],
      ...(fields.error !== undefined && { error: fields.error }),
    });
  }

  ack(out: Outgoing, fields: SotwFields = {}): this {
    this.#versions.set(out.type, out.version);
    return this.request(out.type, { ...fields, nonce: out.nonce });
  }

  nack(out: Outgoing, error = 'bad', fields: SotwFields = {}): this {
    return this.request(out.type, { ...fields, nonce: out.nonce, error });
  }

  settle(): Outgoing[] {
    const all: Outgoing[] = [];
    for (let batch = this.pending(); batch.length > 0; batch = this.pending()) {
      for (const out of batch) this.ack(out);
      all.push(...batch);
    }
    return all;
  }
}

/** `clusters a@1 b@2 -c`: what a response carries, for comparing. */
export function summary(out: Outgoing): string {
  const carried = [...out.batch.resources.values()].map((each) => `${each.name}@${each.version}`);
  return [out.type, ...carried, ...out.removed.map((name) => `-${name}`)].join(' ');
}
