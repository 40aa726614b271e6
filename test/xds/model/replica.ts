import type { ResourceType, Snapshot } from '../../../src/snapshot/snapshot';
import { SnapshotStore } from '../../../src/snapshot/store';
import { AcceptedResources } from '../../../src/xds/protocol/accepted-resources';
import type { Nack } from '../../../src/xds/protocol/observer';
import { NodeLedgers } from '../../../src/xds/protocol/rejections';
import { Session } from '../../../src/xds/protocol/session';

/** What one server process has between its streams. */
export class Replica {
  readonly nacks: Nack[] = [];
  readonly #store = new SnapshotStore();
  readonly #ledgers = new NodeLedgers();
  readonly #accepted = new AcceptedResources();
  readonly #heard = new WeakMap<Session, Snapshot | undefined>();
  readonly #sessions = new Set<Session>();
  #streams = 0;

  constructor(snapshots: Iterable<Snapshot>) {
    this.#store.subscribe((published) => this.#accepted.publish(published));
    this.#store.set(...snapshots);
  }

  publish(snapshot: Snapshot): void {
    this.#store.set(snapshot);
  }

  /** Tells the streams of what was published; a busy server gets to that later. */
  refresh(): void {
    for (const session of this.#sessions) {
      session.refresh();
      this.hears(session);
    }
  }

  /** The stream has just looked at what is published. */
  hears(session: Session): void {
    const { group } = session.info;
    if (group !== undefined) this.#heard.set(session, this.#store.get(group));
  }

  /** What the stream was told of last. */
  heard(session: Session): Snapshot | undefined {
    return this.#heard.get(session);
  }

  open(protocol: 'sotw' | 'delta', type?: ResourceType): Session {
    const session = new Session({
      id: (this.#streams += 1),
      protocol,
      ...(type && { type }),
      peer: 'model',
      authority: { groups: () => ({ has: () => true }) },
      snapshots: this.#store,
      ledgers: this.#ledgers,
      accepted: this.#accepted,
      observer: { nack: (_stream, nack) => this.nacks.push(nack) },
    });
    this.#sessions.add(session);
    return session;
  }

  close(session: Session): void {
    this.#sessions.delete(session);
  }
}
