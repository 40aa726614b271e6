import { connect } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { RESOURCE_TYPES, type ResourceType, TYPE_URLS } from '../../src/snapshot/snapshot';
import type { Demand } from './demand';
import { Http2Call } from './http2-call';
import { type ResponseHead, ResponseReader } from './response-reader';

const HOST = 'localhost';
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
  readonly #call: Http2Call;
  readonly #received = new Map<ResourceType, number>();
  #complete = false;
  #closing = false;

  /** @param secureContext Absent: cleartext. */
  constructor(port: number, id: number, demand: Demand, events: LoadEvents, secureContext?: SecureContext) {
    this.#demand = demand;
    this.#events = events;
    const reader = new ResponseReader((head) => this.#take(head));
    const socket =
      secureContext === undefined
        ? connect({ port, host: HOST, noDelay: true })
        : connectTls({ port, host: HOST, secureContext, servername: HOST, ALPNProtocols: ['h2'] }).setNoDelay(true);
    this.#call = new Http2Call(socket, `${HOST}:${port}`, PATHS[demand.protocol], {
      data: (chunk) => reader.push(chunk),
      broken: (reason) => this.#broken(reason),
    });
    const node = `bench-${id}`;
    if (demand.expected.clusters === undefined) this.#call.write(demand.first('secrets', node));
    else {
      this.#call.write(demand.first('clusters', node));
      this.#call.write(demand.first('listeners'));
    }
  }

  close(): void {
    this.#closing = true;
    this.#call.destroy();
  }

  #take(head: ResponseHead): void {
    const type = TYPE_OF.get(head.typeUrl);
    if (type === undefined) return;
    const before = this.#received.get(type) ?? 0;
    const now = before + head.resources;
    this.#received.set(type, now);
    this.#call.write(this.#demand.ack(type, head));
    // As Envoy: a cluster asks for its endpoints, a listener for its secrets and routes.
    if (type === 'clusters' && this.#isDue(type, before, now)) this.#call.write(this.#demand.first('endpoints'));
    if (type === 'listeners' && this.#isDue(type, before, now)) {
      this.#call.write(this.#demand.first('secrets'));
      this.#call.write(this.#demand.first('routes'));
    }
    this.#events.response(type);
    if (this.#complete || !this.#hasAll()) return;
    this.#complete = true;
    this.#events.complete();
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
