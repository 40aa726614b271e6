import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { SecureClientSessionOptions } from 'node:http2';
import { RESOURCE_TYPES, type ResourceType, TYPE_URLS } from '../../src/snapshot/snapshot';
import type { Demand } from './demand';
import { type ResponseHead, ResponseReader } from './response-reader';

/** Envoy's windows (`initial_stream_window_size` and of the connection). */
const STREAM_WINDOW = 256 * 1024 * 1024 - 1;
const PATHS = {
  sotw: '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources',
  delta: '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources',
} as const;

const TYPE_OF: ReadonlyMap<string, ResourceType> = new Map(RESOURCE_TYPES.map((type) => [TYPE_URLS[type], type]));

export interface LoadEvents {
  /** Everything has arrived for the first time. */
  complete(): void;
  /** Any response. */
  response(type: ResourceType): void;
  /** The stream ended though nobody asked. */
  broken(reason: string): void;
}

/** One simulated Envoy: a connection with an ADS stream, which asks as Envoy does and accepts everything. */
export class LoadStream {
  readonly #demand: Demand;
  readonly #events: LoadEvents;
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #received = new Map<ResourceType, number>();
  #complete = false;
  #closing = false;

  constructor(authority: string, id: number, demand: Demand, events: LoadEvents, tls: SecureClientSessionOptions = {}) {
    this.#demand = demand;
    this.#events = events;
    this.#session = connect(authority, { ...tls, settings: { initialWindowSize: STREAM_WINDOW } });
    this.#session.on('error', (error) => this.#broken(error.message));
    this.#session.on('connect', () => this.#session.setLocalWindowSize(STREAM_WINDOW));
    this.#stream = this.#session.request(
      {
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: PATHS[demand.protocol],
        [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
        te: 'trailers',
      },
      { endStream: false },
    );
    const reader = new ResponseReader((head) => this.#take(head));
    this.#stream.on('data', (chunk: Buffer) => reader.push(chunk));
    this.#stream.on('error', (error) => this.#broken(error.message));
    this.#stream.on('close', () => this.#broken('closed'));
    const node = `bench-${id}`;
    if (demand.expected.clusters === undefined) this.#write(demand.first('secrets', node));
    else {
      this.#write(demand.first('clusters', node));
      this.#write(demand.first('listeners'));
    }
  }

  close(): void {
    this.#closing = true;
    this.#session.destroy();
  }

  #take(head: ResponseHead): void {
    const type = TYPE_OF.get(head.typeUrl);
    if (type === undefined) return;
    const before = this.#received.get(type) ?? 0;
    const now = before + head.resources;
    this.#received.set(type, now);
    this.#write(this.#demand.ack(type, head));
    // As Envoy: a cluster asks for its endpoints, a listener for its secrets and routes.
    if (type === 'clusters' && this.#isDue(type, before, now)) this.#write(this.#demand.first('endpoints'));
    if (type === 'listeners' && this.#isDue(type, before, now)) {
      this.#write(this.#demand.first('secrets'));
      this.#write(this.#demand.first('routes'));
    }
    this.#events.response(type);
    if (this.#complete || !this.#hasAll()) return;
    this.#complete = true;
    this.#events.complete();
  }

  #write(parts: readonly Buffer[]): void {
    this.#stream.cork();
    for (const part of parts) this.#stream.write(part);
    this.#stream.uncork();
  }

  #isDue(type: ResourceType, before: number, now: number): boolean {
    const expected = this.#demand.expected[type] ?? 0;
    return before < expected && now >= expected;
  }

  #hasAll(): boolean {
    return Object.entries(this.#demand.expected).every(
      ([type, count]) => (this.#received.get(type as ResourceType) ?? 0) >= count,
    );
  }

  #broken(reason: string): void {
    if (!this.#closing) this.#events.broken(reason);
  }
}
