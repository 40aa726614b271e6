import { EventEmitter } from 'node:events';
import {
  type ClientDuplexStream,
  credentials,
  makeGenericClientConstructor,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { type EnvoyMessages, decodeMessage, serviceDefinition } from '../src/protos';
import { RESOURCE_TYPES, type ResourceType, TYPE_URLS } from '../src/snapshot/snapshot';

type Request = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryRequest'];
type Response = {
  /** When the bytes were there, before anything was made of them. */
  arrivedAt: number;
  type_url: string;
  nonce: string;
  resources: { name: string; resource: { value: Buffer } }[];
};

const MAX_BYTES = 64 * 1024 * 1024;
/** Envoy opens its windows far enough for a whole configuration; grpc-js would wait for a round trip every 64 KiB. */
const WINDOW_BYTES = 16 * 1024 * 1024;

/** A node that takes everything over Delta ADS, as Envoy does, and accepts it. Emits `received` with the type of each response. */
export class AdsClient extends EventEmitter {
  /** `performance.now()` of the newest response. */
  arrivedAt = 0;
  readonly counts = new Map<ResourceType, number>();
  readonly #stream: ClientDuplexStream<Request, Response>;
  readonly #close: () => void;
  readonly #routes = new Set<string>();

  constructor(port: number) {
    super();
    const definition = withArrival(serviceDefinition('envoy.service.discovery.v3.AggregatedDiscoveryService'));
    const Client = makeGenericClientConstructor(definition, 'ads');
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': MAX_BYTES,
      'grpc-node.flow_control_window': WINDOW_BYTES,
    });
    this.#close = () => client.close();
    const open = client['DeltaAggregatedResources'] as unknown as () => ClientDuplexStream<Request, Response>;
    this.#stream = open.call(client);
    this.#stream.on('error', () => {});
    this.#stream.on('data', (response: Response) => this.#take(response));
    this.#stream.write({ node: { id: 'bench', cluster: 'bench' }, type_url: TYPE_URLS.clusters });
    this.#stream.write({ type_url: TYPE_URLS.listeners });
  }

  close(): void {
    this.#stream.cancel();
    this.#close();
  }

  #take({ arrivedAt, type_url, nonce, resources }: Response): void {
    const type = RESOURCE_TYPES.find((candidate) => TYPE_URLS[candidate] === type_url);
    if (type === undefined) return;
    this.arrivedAt = arrivedAt;
    this.counts.set(type, (this.counts.get(type) ?? 0) + resources.length);
    this.#stream.write({ type_url, response_nonce: nonce });
    if (type === 'listeners') for (const { resource } of resources) this.#wantRoutes(resource.value);
    this.emit('received', type);
  }

  /** Asks for the RouteConfigurations of a Listener, whose names hold the Listener’s. */
  #wantRoutes(listener: Buffer): void {
    const { name } = decodeMessage('envoy.config.listener.v3.Listener', listener);
    const route = `${name}/http`;
    if (this.#routes.has(route)) return;
    this.#routes.add(route);
    this.#stream.write({ type_url: TYPE_URLS.routes, resource_names_subscribe: [route] });
  }
}

/** Decoding a megabyte takes a client a while, which is not the server’s. */
function withArrival(definition: ServiceDefinition): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(definition).map(([name, method]) => {
      const decode = method.responseDeserialize;
      return [
        name,
        {
          ...method,
          responseDeserialize: (bytes: Buffer) => {
            const arrivedAt = performance.now();
            return { ...(decode(bytes) as object), arrivedAt };
          },
        },
      ];
    }),
  );
}
