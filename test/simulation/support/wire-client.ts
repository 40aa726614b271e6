import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type SecureVersion } from 'node:tls';
import type { ClientTls, SimulatedRequest } from '../../../src/simulation';

/** What came of a request on the wire. */
export type Wire =
  | { readonly type: 'answer'; readonly status: number; readonly headers: IncomingHttpHeaders }
  | { readonly type: 'refused' }
  /** The connection ended without an answer. */
  | { readonly type: 'ended'; readonly code: string };

const VERSIONS: Readonly<Record<string, SecureVersion>> = {
  'v1.0': 'TLSv1',
  'v1.1': 'TLSv1.1',
  'v1.2': 'TLSv1.2',
  'v1.3': 'TLSv1.3',
};
const TIMEOUT_MS = 20_000;

/** Sends simulated requests for real. Requests that differ in nothing below HTTP share a connection. */
export class WireClient {
  readonly #agents = new Map<string, Agent>();
  readonly #keys: Readonly<Record<string, string>>;

  /** @param keys the private key of each certificate, both PEM */
  constructor(keys: Readonly<Record<string, string>>) {
    this.#keys = keys;
  }

  async send(request: SimulatedRequest): Promise<Wire> {
    return await new Promise((resolve) => {
      const sent = httpRequest({
        agent: this.#agent(request),
        method: request.method ?? 'GET',
        path: request.path ?? '/',
        headers: { ...(request.headers as Record<string, string | string[]>), host: request.authority },
        setHost: false,
        timeout: TIMEOUT_MS,
      });
      sent.on('response', (response) => {
        response.resume();
        response.on('end', () =>
          resolve({ type: 'answer', status: response.statusCode ?? 0, headers: response.headers }),
        );
        response.on('error', (error: NodeJS.ErrnoException) => resolve({ type: 'ended', code: error.code ?? '' }));
      });
      sent.on('upgrade', (response, socket: Duplex) => {
        socket.destroy();
        resolve({ type: 'answer', status: response.statusCode ?? 0, headers: response.headers });
      });
      sent.on('timeout', () => sent.destroy(Object.assign(new Error('timeout'), { code: 'TIMEOUT' })));
      sent.on('error', (error: NodeJS.ErrnoException) => {
        const code = error.code ?? error.message;
        resolve(code === 'ECONNREFUSED' ? { type: 'refused' } : { type: 'ended', code });
      });
      sent.end();
    });
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  #agent(request: SimulatedRequest): Agent {
    const { port, tls, proxyProtocol } = request;
    const key = JSON.stringify([port, tls, proxyProtocol]);
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      agent = new Agent({ keepAlive: true, maxSockets: 1 });
      agent.createConnection = () => this.#connect(request);
      this.#agents.set(key, agent);
    }
    return agent;
  }

  #connect({ port, tls, proxyProtocol }: SimulatedRequest): Socket {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    if (proxyProtocol !== undefined) {
      const { sourceAddress, destinationPort } = proxyProtocol;
      socket.write(`PROXY TCP4 ${sourceAddress} 127.0.0.1 40000 ${destinationPort}\r\n`);
    }
    return tls === undefined ? socket : this.#overTls(socket, tls);
  }

  #overTls(socket: Socket, { serverName, certificate, minVersion, maxVersion }: ClientTls): Socket {
    return connectTls({
      socket,
      rejectUnauthorized: false,
      ...(serverName !== undefined && { servername: serverName }),
      ...(certificate !== undefined && { cert: certificate, key: this.#keys[certificate] }),
      minVersion: VERSIONS[minVersion ?? 'v1.2'],
      maxVersion: VERSIONS[maxVersion ?? 'v1.3'],
      // So that a test may offer TLS 1.0.
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
  }
}
