import { setTimeout as delay } from 'node:timers/promises';
import { Server, type ServiceDefinition, status } from '@grpc/grpc-js';
import { serviceDefinition } from '../protos';
import type { SnapshotStore } from '../snapshot/store';
import { AcceptedResources } from './protocol/accepted-resources';
import { XdsListener, type XdsTls } from './listener';
import type { XdsObserver } from './protocol/observer';
import type { Outgoing } from './protocol/outgoing';
import { NodeLedgers } from './protocol/rejections';
import {
  type DeltaRequestMessage,
  deltaRequest,
  type Request,
  type SotwRequestMessage,
  sotwRequest,
} from './protocol/request';
import { encodeResponse } from './response';
import { Session } from './protocol/session';
import type { NodeStatus, StreamStatus, XdsStatus } from './protocol/status';
import { type AdsCall, AdsStream } from './stream';

const ADS = 'envoy.service.discovery.v3.AggregatedDiscoveryService';
/** A node reports every resource that it has in one message when it reconnects. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024;
/** How long one turn of the event loop may go on telling streams about new snapshots. */
const SLICE_MS = 10;

/** How long the last status of a stream may take to reach its client. */
const LAST_WORDS_MS = 1_000;

export interface XdsServerOptions {
  readonly store: SnapshotStore;
  /** `control_plane.identifier`, such as `countersign/0.1.0`. */
  readonly identifier: string;
  readonly observer?: XdsObserver;
  /** For the times on the status page. */
  readonly now?: () => Date;
}

/** The Aggregated Discovery Service, SotW and delta. */
export class XdsServer {
  readonly #store: SnapshotStore;
  readonly #observer: XdsObserver;
  readonly #now: () => Date;
  readonly #ledgers = new NodeLedgers();
  readonly #accepted = new AcceptedResources();
  readonly #streams = new Set<AdsStream>();
  readonly #stale = new Set<AdsStream>();
  readonly #grpc: Server;
  readonly #unsubscribe: () => void;
  #listener: XdsListener | undefined;
  #lastId = 0;
  #draining = false;

  constructor(options: XdsServerOptions) {
    this.#store = options.store;
    this.#observer = options.observer ?? {};
    this.#now = options.now ?? (() => new Date());
    this.#grpc = new Server({
      'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
      'grpc.max_concurrent_streams': 8,
      'grpc.keepalive_time_ms': 30_000,
      'grpc.keepalive_timeout_ms': 10_000,
    });
    this.#grpc.addService(adsDefinition(options.identifier), {
      StreamAggregatedResources: (call: AdsCall<unknown>) =>
        this.#serve('sotw', call, (message) => sotwRequest(message as SotwRequestMessage)),
      DeltaAggregatedResources: (call: AdsCall<unknown>) =>
        this.#serve('delta', call, (message) => deltaRequest(message as DeltaRequestMessage)),
    });
    for (const group of this.#store.groups()) {
      const snapshot = this.#store.get(group);
      if (snapshot !== undefined) this.#accepted.publish(snapshot);
    }
    this.#unsubscribe = this.#store.subscribe((snapshot) => {
      this.#accepted.publish(snapshot);
      this.#refreshAll();
    });
  }

  /**
   * Listens on `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`: with `tls` for TLS 1.3 clients that present a certificate of
   * `tls.clientCa`, else in cleartext, which belongs on loopback or a Unix socket only.
   *
   * @throws Error if the address can not be listened on or the TLS files can not be used.
   */
  async listen(address: string, tls?: XdsTls): Promise<{ readonly port: number }> {
    const listener = new XdsListener(this.#grpc, tls);
    const bound = await listener.listen(address);
    this.#listener = listener;
    return bound;
  }

  /** Uses a renewed certificate for new connections. */
  useTls(tls: XdsTls): void {
    this.#listener?.useTls(tls);
  }

  status(): XdsStatus {
    const nodes = new Map<string, NodeStatus & { readonly streams: StreamStatus[] }>();
    for (const stream of this.#streams) {
      const { node, group } = stream.info;
      if (node === undefined) continue;
      const entry = nodes.get(node.id) ?? {
        id: node.id,
        cluster: node.cluster,
        group: group ?? '',
        envoyVersion: node.envoyVersion,
        streams: [],
      };
      entry.streams.push(stream.status());
      nodes.set(node.id, entry);
    }
    return { nodes: [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) };
  }

  /**
   * Ends the streams one by one over `ms` milliseconds, so that the Envoys do not all turn to the other replicas at once,
   * then closes the connections.
   */
  async drain(ms: number): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    this.#unsubscribe();
    const closed = this.#listener?.drain(ms + LAST_WORDS_MS);
    await Promise.all(
      [...this.#streams].map(async (stream) => {
        await delay(Math.random() * ms);
        stream.close('drain', status.OK, '');
      }),
    );
    await Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })]);
    this.#grpc.forceShutdown();
  }

  #serve(protocol: 'sotw' | 'delta', call: AdsCall<unknown>, read: (message: unknown) => Request): void {
    if (this.#draining) {
      call.emit('error', { code: status.UNAVAILABLE, details: 'shutting down' });
      return;
    }
    const session = new Session({
      id: (this.#lastId += 1),
      protocol,
      peer: call.getPeer(),
      snapshots: this.#store,
      ledgers: this.#ledgers,
      accepted: this.#accepted,
      observer: this.#observer,
    });
    const onClose = (closed: AdsStream): void => {
      this.#streams.delete(closed);
      this.#stale.delete(closed);
    };
    this.#streams.add(new AdsStream({ session, call, read, observer: this.#observer, now: this.#now, onClose }));
  }

  #refreshAll(): void {
    const idle = this.#stale.size === 0;
    for (const stream of this.#streams) this.#stale.add(stream);
    if (idle) this.#refreshSlice();
  }

  #refreshSlice(): void {
    const end = performance.now() + SLICE_MS;
    for (const stream of this.#stale) {
      this.#stale.delete(stream);
      stream.refresh();
      if (performance.now() > end) break;
    }
    if (this.#stale.size > 0) setImmediate(() => this.#refreshSlice());
  }
}

function adsDefinition(identifier: string): ServiceDefinition {
  const definition = serviceDefinition(ADS);
  return Object.fromEntries(
    Object.entries(definition).map(([name, method]) => [
      name,
      // Serialised only when it is written to the connection: what waits in line is no copy of the resources.
      { ...method, responseSerialize: (out: Outgoing) => encodeResponse(out, identifier) },
    ]),
  );
}
