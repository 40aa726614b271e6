import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps, type RequestOptions } from 'node:https';

/** How the Kubernetes API is reached: the part of a kubeconfig, or of a Pod’s ServiceAccount, that a request needs. */
export interface ApiAccess {
  /** Such as `https://10.96.0.1:443`. */
  readonly server: string;
  /** The namespace that is meant where none is named. */
  readonly namespace: string;
  /** Puts credentials and CA into the options of a request; tokens are read anew when they are renewed. */
  authenticate(options: RequestOptions): Promise<void>;
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** An answer of the API that is no success (Kubernetes API conventions, "Response Status Kind"). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** From `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, message: string, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Times in milliseconds: without a byte for so long, the connection is given up. */
const CONNECT_MS = 10_000;
const SILENCE_MS = 60_000;
/** An answer that is no list is small. */
const MOST_OF_AN_ERROR = 4096;

/** Plain requests to the Kubernetes API, each of which may stream its answer. */
export class Api {
  readonly access: ApiAccess;

  constructor(access: ApiAccess) {
    this.access = access;
  }

  /**
   * The JSON of the answer.
   *
   * @throws ApiError for any status but 2xx; Error of the network.
   */
  async json(request: ApiRequest): Promise<unknown> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.stream(request, SILENCE_MS)) chunks.push(chunk as Buffer);
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  }

  /**
   * The body of the answer as it comes.
   *
   * @param silenceMs without a byte for so long, it fails
   * @throws as `json`.
   */
  async stream(request: ApiRequest, silenceMs: number): Promise<IncomingMessage> {
    const { method = 'GET', path, query = {}, body, contentType = 'application/json', signal } = request;
    const url = new URL(this.access.server);
    const options: RequestOptions = {
      method,
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (url.protocol === 'https:' ? 443 : 80),
      path: `${url.pathname.replace(/\/$/, '')}${path}${queryOf(query)}`,
      headers: {
        accept: 'application/json',
        // Each request has an agent of its own, with credentials that may be new: a connection is of no use to the next.
        connection: 'close',
        'user-agent': 'countersign',
        ...(body !== undefined && { 'content-type': contentType }),
      },
      timeout: CONNECT_MS,
      ...(signal && { signal }),
    };
    await this.access.authenticate(options);
    const sent = url.protocol === 'https:' ? requestHttps(options) : requestHttp(options);
    sent.on('timeout', () => sent.destroy(new Error('the Kubernetes API does not answer')));
    sent.on('socket', (socket) => socket.setKeepAlive(true, CONNECT_MS));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.setTimeout(silenceMs, () => answer.destroy(new Error('the Kubernetes API fell silent')));
    const { statusCode = 0 } = answer;
    if (statusCode >= 200 && statusCode < 300) return answer;
    throw new ApiError(statusCode, await problemIn(answer), retryAfter(answer));
  }
}

function queryOf(query: NonNullable<ApiRequest['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

/** The message of a `Status`, which names the object and the user, and nothing else of either. */
async function problemIn(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer) {
    text += String(chunk);
    if (text.length > MOST_OF_AN_ERROR) break;
  }
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // Something between us and the API answered.
  }
  return `the answer is ${answer.statusCode}`;
}

function retryAfter({ headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers['retry-after']);
  return seconds > 0 ? seconds * 1000 : undefined;
}
