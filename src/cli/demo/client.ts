import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { type SecureVersion, TLSSocket } from 'node:tls';

export interface ClientTls {
  /** PEM, as are the others: who the server's certificate must come from. */
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
  /** The SNI, and the name that the server's certificate must hold. Default: the authority without its port. */
  readonly serverName?: string;
  /** The server's certificate may hold any name. */
  readonly anyName?: boolean;
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
}

export interface ClientRequest {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly method?: string;
  readonly path?: string;
  /** The `Host` header. Default: 127.0.0.1 and the port. */
  readonly authority?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls?: ClientTls;
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The serial number of the certificate that the server showed, hexadecimal. */
  readonly serverSerial?: string;
  readonly tlsVersion?: string;
}

/** What came of a request: an answer of any status, or the code of what kept it from one, such as `ECONNRESET`. */
export type Outcome = Answer | { readonly error: string };

/**
 * Sends one request over a connection of its own: no keep-alive, and no TLS session resumed, which would skip the certificates.
 */
export async function send(request: ClientRequest): Promise<Outcome> {
  return await new Promise((resolve) => {
    const authority = request.authority ?? `127.0.0.1:${request.port}`;
    const common = {
      host: '127.0.0.1',
      port: request.port,
      method: request.method ?? 'GET',
      path: request.path ?? '/',
      headers: { ...request.headers, host: authority },
      agent: false,
      timeout: request.timeoutMs ?? 10_000,
    } as const;
    const sent =
      request.tls === undefined
        ? httpRequest(common)
        : httpsRequest({ ...common, ...tlsOptions(request.tls, authority) });
    sent.on('response', (response) => readAnswer(response, resolve));
    sent.on('timeout', () => sent.destroy(Object.assign(new Error('timeout'), { code: 'TIMEOUT' })));
    sent.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
    sent.end(request.body);
  });
}

/** As {@link send}, for a request that must be answered. */
export async function answerTo(request: ClientRequest): Promise<Answer> {
  const outcome = await send(request);
  if ('error' in outcome) throw new Error(`no answer from port ${request.port}: ${outcome.error}`);
  return outcome;
}

function tlsOptions(tls: ClientTls, authority: string) {
  const { serverName = authority.replace(/:\d+$/, ''), anyName = false, ...rest } = tls;
  return {
    ...rest,
    servername: isIP(serverName) === 0 ? serverName : '',
    ...(anyName && { checkServerIdentity: () => undefined }),
  };
}

function readAnswer(response: IncomingMessage, resolve: (outcome: Outcome) => void): void {
  const { socket } = response;
  const tls =
    socket instanceof TLSSocket
      ? { serverSerial: socket.getPeerCertificate().serialNumber, tlsVersion: socket.getProtocol() ?? '' }
      : {};
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
  response.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    resolve({ status: response.statusCode ?? 0, headers: response.headers, body, ...tls });
  });
}
