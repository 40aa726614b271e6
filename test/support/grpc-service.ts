import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { serviceDefinition } from '../../src/protos';
import type { UpstreamTls } from './upstream';

type ServiceName = Parameters<typeof serviceDefinition>[0];

/** A gRPC server with one of Envoy's services, on an ephemeral port. */
export class GrpcService {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** With `tls.clientCa`, clients without a certificate of that CA are refused in the handshake. */
  static async start(
    name: ServiceName,
    methods: UntypedServiceImplementation,
    tls?: UpstreamTls,
    port = 0,
  ): Promise<GrpcService> {
    const server = new Server();
    server.addService(serviceDefinition(name), methods);
    const bound = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${port}`, credentials(tls), (error, actual) =>
        error === null ? resolve(actual) : reject(error),
      );
    });
    return new GrpcService(server, bound);
  }

  stop(): Promise<void> {
    this.#server.forceShutdown();
    return Promise.resolve();
  }
}

/** A unary method from what it answers. */
export function unary<Request, Response>(
  answer: (request: Request, call: ServerUnaryCall<Request, Response>) => Response,
) {
  return (call: ServerUnaryCall<Request, Response>, respond: sendUnaryData<Response>): void => {
    respond(null, answer(call.request, call));
  };
}

function credentials(tls: UpstreamTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) };
  const ca = tls.clientCa === undefined ? null : Buffer.from(tls.clientCa);
  return ServerCredentials.createSsl(ca, [pair], ca !== null);
}
