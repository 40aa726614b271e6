import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as requestHttps, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { issueLeaf, rootCa } from '../../support/issuance';

/** The longest that an answer is held back, in milliseconds. */
const LATENCY_MS = 200;

/** A Kubernetes API as seen from elsewhere: every list comes in an order of its own, and the lists come one before the other as chance has it. */
export class ShuffledApi {
  /** The names of each list in the order in which they were told, by path. */
  readonly orders = new Map<string, string>();
  readonly kubeconfig: string;
  readonly #server: Server;

  private constructor(server: Server, kubeconfig: string) {
    this.#server = server;
    this.kubeconfig = kubeconfig;
  }

  /** @param kubeconfig of the API itself */
  static async start(kubeconfig: string, seed: number): Promise<ShuffledApi> {
    const text = readFileSync(kubeconfig, 'utf8');
    const target = /server: "?(https:\/\/[^"\s,}]+)/.exec(text)?.[1];
    if (target === undefined) throw new Error('the kubeconfig names no server');
    const ca = await rootCa();
    const { chainPem: cert, privateKeyPem: key } = await issueLeaf(ca, { name: 'localhost' });
    const server = createServer({ cert, key });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const own = `https://localhost:${(server.address() as AddressInfo).port}`;
    const path = join(dirname(kubeconfig), `${randomUUID()}.kubeconfig`);
    writeFileSync(`${path}.ca`, ca.certificatePem);
    const trusting = text.replace(/certificate-authority: \S+/, `certificate-authority: ${path}.ca`);
    writeFileSync(path, trusting.replace(target, own), { mode: 0o600 });
    const api = new ShuffledApi(server, path);
    const random = generator(seed);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void api.#pass(target, random, request, response);
    });
    return api;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #pass(target: string, random: () => number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    await delay(random() * LATENCY_MS);
    const { method, url = '', headers } = request;
    const onward = requestHttps(`${target}${url}`, {
      method,
      headers: { ...headers, host: new URL(target).host, 'accept-encoding': 'identity' },
      // Whom it talks to is not what is tested.
      rejectUnauthorized: false,
    });
    request.pipe(onward);
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.on('response', (answer) => {
      const isList = method === 'GET' && answer.statusCode === 200 && !url.includes('watch=');
      if (!isList) {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        return;
      }
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const body = this.#shuffled(url, Buffer.concat(chunks).toString(), random);
        const { 'content-length': _, ...rest } = answer.headers;
        response.writeHead(200, rest).end(body);
      });
    });
  }

  #shuffled(url: string, text: string, random: () => number): string {
    const body = JSON.parse(text) as { items?: { metadata: { name: string } }[] };
    if (body.items === undefined) return text;
    const items = body.items
      .map((item) => ({ item, at: random() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ item }) => item);
    this.orders.set(url.replace(/\?.*/, ''), items.map(({ metadata }) => metadata.name).join());
    return JSON.stringify({ ...body, items });
  }
}

/** Numbers from 0 to 1, the same for the same seed (Park and Miller’s generator). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
