import { rm } from 'node:fs/promises';
import { Server, ServerCredentials, type ServerDuplexStream, status } from '@grpc/grpc-js';
import { any, type EnvoyMessages, serviceDefinition } from '../../src/protos';

type Request = EnvoyMessages['envoy.service.discovery.v3.DiscoveryRequest'];
type Response = EnvoyMessages['envoy.service.discovery.v3.DiscoveryResponse'];
type Secret = EnvoyMessages['envoy.extensions.transport_sockets.tls.v3.Secret'];
type Stream = ServerDuplexStream<Request, Response>;

const SECRET = 'envoy.extensions.transport_sockets.tls.v3.Secret';

/** A Secret without its name, or all of its bytes. */
export type SecretContent = Omit<Secret, 'name'> | Buffer;

export function certificate({
  chainPem,
  privateKeyPem,
}: {
  readonly chainPem: string;
  readonly privateKeyPem: string;
}) {
  return { tls_certificate: { certificate_chain: inline(chainPem), private_key: inline(privateKeyPem) } };
}

export function roots(pem: string): SecretContent {
  return { validation_context: { trusted_ca: inline(pem) } };
}

function inline(inline_string: string) {
  return { inline_string };
}

/**
 * An SDS server as istio-agent and SPIRE Agent are one: at a Unix domain socket, `StreamSecrets` alone, state of the world, in
 * cleartext; a name that it does not know is not answered.
 */
export class SdsServer {
  /** Each name that was ever asked for, in the order of the streams. */
  readonly asked: string[] = [];
  /** What Envoy complained of. */
  readonly refused: string[] = [];
  readonly #server = new Server();
  readonly #streams = new Map<Stream, readonly string[]>();
  readonly #secrets: Map<string, SecretContent>;
  #version = 0;

  private constructor(secrets: Readonly<Record<string, SecretContent>>) {
    this.#secrets = new Map(Object.entries(secrets));
    const unimplemented = (stream: { destroy(error: Error): void }) =>
      stream.destroy(Object.assign(new Error('not implemented'), { code: status.UNIMPLEMENTED }));
    this.#server.addService(serviceDefinition('envoy.service.secret.v3.SecretDiscoveryService'), {
      StreamSecrets: (stream: Stream) => this.#serve(stream),
      DeltaSecrets: unimplemented,
      FetchSecrets: (_call: unknown, respond: (error: object) => void) => respond({ code: status.UNIMPLEMENTED }),
    });
  }

  static async start(path: string, secrets: Readonly<Record<string, SecretContent>>): Promise<SdsServer> {
    const server = new SdsServer(secrets);
    await rm(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.#server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
    return server;
  }

  /** Streams that are open now. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Replaces secrets, and pushes each to whoever has asked for it. */
  update(secrets: Readonly<Record<string, SecretContent>>): void {
    for (const [name, content] of Object.entries(secrets)) this.#secrets.set(name, content);
    for (const [stream, names] of this.#streams) if (names.some((name) => name in secrets)) this.#push(stream, names);
  }

  /** Cuts every stream, as if the process had ended. */
  stop(): Promise<void> {
    this.#server.forceShutdown();
    return Promise.resolve();
  }

  #serve(stream: Stream): void {
    const gone = () => this.#streams.delete(stream);
    stream.on('data', ({ resource_names: names = [], response_nonce: nonce = '', error_detail: error }: Request) => {
      if (error?.message !== undefined) this.refused.push(error.message);
      if (nonce !== '') return;
      this.asked.push(...names);
      this.#streams.set(stream, names);
      this.#push(stream, names);
    });
    stream.on('end', () => stream.end());
    stream.on('error', gone);
    stream.on('cancelled', gone);
    stream.on('close', gone);
  }

  #push(stream: Stream, names: readonly string[]): void {
    const known = names.filter((name) => this.#secrets.has(name));
    if (known.length === 0) return;
    this.#version += 1;
    stream.write({
      version_info: String(this.#version),
      nonce: String(this.#version),
      type_url: `type.googleapis.com/${SECRET}`,
      resources: known.map((name) => {
        const content = this.#secrets.get(name);
        return Buffer.isBuffer(content)
          ? { type_url: `type.googleapis.com/${SECRET}`, value: content }
          : any(SECRET, { name, ...content });
      }),
    });
  }
}
