import { type EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions, request as requestHttps } from 'node:https';
import { maskPrivateKeys } from '../../model/redaction';

/** How an agent is reached. */
export interface ConsulAccess {
  /** `host:port` or a URL; `${NAME}` and `$NAME` stand for variables of the environment. */
  readonly address: string;
  readonly token?: string;
  readonly tokenFile?: string;
  /** PEM, or the path of a file with it. */
  readonly ca?: string;
}

/** A read of Consul’s HTTP API. */
export interface ConsulRequest {
  /** Below `/v1`. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  /** Without an answer for so long, in milliseconds, it fails. */
  readonly timeoutMs: number;
  /** Emits `cancel` when the answer is no longer wanted. */
  readonly cancel: EventEmitter;
}

export interface ConsulAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Consul’s own limit for a request is 512 KiB; a list of thousands of instances is some megabytes. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_OF_AN_ERROR = 400;
const CONNECT_MS = 10_000;
const SCHEME = /^https?:\/\//;
const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g;

/** The HTTP API of one Consul agent (Consul’s reference, "HTTP API Structure"): reads only, with a token that is read anew each time. */
export class ConsulApi {
  readonly #access: ConsulAccess;
  readonly #variables: Readonly<Record<string, string | undefined>>;
  readonly #agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  constructor(access: ConsulAccess, variables: Readonly<Record<string, string | undefined>>) {
    this.#access = access;
    this.#variables = variables;
  }

  /** The address with its scheme, as far as it can be told. */
  get address(): string {
    const { address } = this.#access;
    const known = address.replace(VARIABLE, (whole, braced: string | undefined, bare: string | undefined) => {
      return this.#variables[braced ?? bare ?? ''] ?? whole;
    });
    return SCHEME.test(known) ? known : `http://${known}`;
  }

  /** @throws Error of the network, or with status and words of Consul; never with the token. */
  async get(request: ConsulRequest): Promise<ConsulAnswer> {
    const { address } = this;
    if (!URL.canParse(address)) throw new Error(`the address ${address} can't be understood`);
    const url = new URL(address);
    const secure = url.protocol === 'https:';
    const query = new URLSearchParams(request.query.map(([name, value]): [string, string] => [name, value])).toString();
    const token = await this.#token();
    const options: RequestOptions = {
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (secure ? 8501 : 8500),
      path: `${url.pathname.replace(/\/$/, '')}/v1${request.path}${query === '' ? '' : `?${query}`}`,
      headers: {
        accept: 'application/json',
        'user-agent': 'countersign',
        ...(token !== '' && { 'x-consul-token': token }),
      },
      agent: secure ? this.#agents.https : this.#agents.http,
      ...(secure && (await this.#trust())),
    };
    const sent = secure ? requestHttps(options) : requestHttp(options);
    const cancel = () => sent.destroy(new Error('not wanted any longer'));
    const timer = setTimeout(() => sent.destroy(new Error('Consul does not answer')), request.timeoutMs);
    const connecting = setTimeout(() => {
      if (sent.socket?.connecting !== false) sent.destroy(new Error('there is no connection to Consul'));
    }, CONNECT_MS);
    request.cancel.once('cancel', cancel);
    sent.on('socket', (socket) => socket.setKeepAlive(true, CONNECT_MS));
    sent.end();
    try {
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      const text = await textOf(answer);
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${shown(text, token)}`);
      return { headers: answer.headers, body: parsed(text) };
    } finally {
      clearTimeout(timer);
      clearTimeout(connecting);
      request.cancel.off('cancel', cancel);
    }
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  async #token(): Promise<string> {
    const { token = '', tokenFile } = this.#access;
    if (tokenFile === undefined) return token;
    const text = await readFile(tokenFile, 'utf8').catch((cause: unknown) => {
      throw new Error(`token_file ${tokenFile} can't be read`, { cause });
    });
    const trimmed = text.trim();
    if (!/^[!-~]{1,256}$/.test(trimmed)) throw new Error(`token_file ${tokenFile} holds no token`);
    return trimmed;
  }

  async #trust(): Promise<Pick<RequestOptions, 'ca'>> {
    const { ca } = this.#access;
    if (ca === undefined) return {};
    if (ca.includes('-----BEGIN ')) return { ca };
    const read = await readFile(ca).catch((cause: unknown) => {
      throw new Error(`ca ${ca} can't be read`, { cause });
    });
    return { ca: read };
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MOST_BYTES) throw new Error(`the answer is larger than ${MOST_BYTES} bytes`);
  }
  return Buffer.concat(chunks).toString();
}

/** What was not understood may hold a private key: nothing of it is repeated. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error('the answer is no JSON');
  }
}

function shown(text: string, token: string): string {
  const line = maskPrivateKeys(text.slice(0, MOST_OF_AN_ERROR)).replace(/\s+/g, ' ').trim();
  return token === '' ? line : line.replaceAll(token, '[redacted]');
}
