import { inspect } from 'node:util';
import {
  Client,
  type ClientDuplexStream,
  type ChannelCredentials,
  credentials,
  type StatusObject,
} from '@grpc/grpc-js';
import type { ServiceName } from '@envoyproxy/protos';
import type { EnvoyMessages } from '../../../src/protos';
import { serviceDefinition } from '../../../src/protos';
import { Recorder } from '../../canary/recorder';

const METHODS = serviceDefinition('envoy.service.discovery.v3.AggregatedDiscoveryService');

interface Messages {
  StreamAggregatedResources: {
    request: EnvoyMessages['envoy.service.discovery.v3.DiscoveryRequest'];
    response: EnvoyMessages['envoy.service.discovery.v3.DiscoveryResponse'];
  };
  DeltaAggregatedResources: {
    request: EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryRequest'];
    response: EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryResponse'];
  };
}

/** A real gRPC client on a connection of its own. */
export class WireClient {
  readonly #client: Client;

  constructor(target: string, creds: ChannelCredentials = credentials.createInsecure(), options: object = {}) {
    this.#client = new Client(target, creds, {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': -1,
      ...options,
    });
  }

  open<M extends keyof Messages>(method: M): WireStream<Messages[M]['request'], Messages[M]['response']> {
    const definition = METHODS[method];
    if (definition === undefined) throw new Error(`no method ${method}`);
    const { path, requestSerialize, responseDeserialize } = definition;
    return new WireStream(this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize));
  }

  /** Any bidirectional method. */
  stream<Request, Response>(service: ServiceName, method: string): WireStream<Request, Response> {
    const { path, requestSerialize, responseDeserialize } = methodOf(service, method);
    return new WireStream<Request, Response>(
      this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize),
    );
  }

  /** Any unary method; rejects with a ServiceError. */
  call<Response>(service: ServiceName, method: string, request: object): Promise<Response> {
    const { path, requestSerialize, responseDeserialize } = methodOf(service, method);
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) => {
        // What carries Secrets may carry their keys; nothing else may, nor the text of an error.
        const isDiscovery = service.endsWith('DiscoveryService') && !service.includes('.status.');
        if (error !== null || !isDiscovery) record(`answer to ${method}`, error ?? response);
        if (error) reject(error);
        else resolve(response as Response);
      });
    });
  }

  /** A unary call of whatever path, with an empty message. */
  callPath(path: string): Promise<Buffer> {
    const same = (bytes: Buffer) => bytes;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, same, same, Buffer.alloc(0), (error, response) => {
        if (error) reject(error);
        else resolve(response ?? Buffer.alloc(0));
      });
    });
  }

  /** Sends bytes that are no message. */
  openRaw(method: keyof Messages): WireStream<Buffer, unknown> {
    const path = METHODS[method]?.path ?? '';
    return new WireStream(
      this.#client.makeBidiStreamRequest(
        path,
        (bytes: Buffer) => bytes,
        (bytes) => bytes,
      ),
    );
  }

  close(): void {
    this.#client.close();
  }
}

function record(what: string, answer: unknown): void {
  Recorder.get()?.output(what)(inspect(answer, { depth: null, maxArrayLength: null, maxStringLength: null }));
}

function methodOf(service: ServiceName, method: string) {
  const definition = serviceDefinition(service)[method];
  if (definition === undefined) throw new Error(`no method ${method}`);
  return definition;
}

export class WireStream<Request, Response> {
  readonly call: ClientDuplexStream<Request, Response>;
  /** How the stream ended. */
  readonly ended: Promise<StatusObject>;
  readonly #received: Response[] = [];
  #wake: (() => void) | undefined;
  #end: StatusObject | undefined;

  constructor(call: ClientDuplexStream<Request, Response>) {
    this.call = call;
    call.on('data', (message: Response) => {
      this.#received.push(message);
      this.#wake?.();
    });
    call.on('error', () => {});
    this.ended = new Promise((resolve) => {
      call.on('status', (status) => {
        this.#end = status;
        record('end of a stream', status);
        this.#wake?.();
        resolve(status);
      });
    });
  }

  send(request: Request): this {
    this.call.write(request);
    return this;
  }

  /** The next response; fails if the stream ends instead. */
  async next(): Promise<Response> {
    for (;;) {
      const message = this.#received.shift();
      if (message !== undefined) return message;
      if (this.#end !== undefined) throw new Error(`stream ended: ${this.#end.code} ${this.#end.details}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Responses received and not yet taken. */
  get waiting(): number {
    return this.#received.length;
  }
}
