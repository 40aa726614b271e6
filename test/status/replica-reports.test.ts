import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REPLICAS, ReplicaReports } from '../../src/cli/kubernetes/replica-reports';
import { Api } from '../../src/sources/kubernetes/api';
import type { EnvoyReport } from '../../src/status';
import { Closing } from '../support/closing';
import { eventually } from '../support/eventually';

/** As much of a Kubernetes API as one ConfigMap needs. */
class ConfigMapApi {
  data: Record<string, string> | undefined;
  /** Answers everything with this status instead. */
  broken: number | undefined;
  requests = 0;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<ConfigMapApi> {
    const api = new ConfigMapApi();
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get api(): Api {
    const { port } = this.#server.address() as AddressInfo;
    return new Api({ server: `http://127.0.0.1:${port}`, namespace: 'ours', authenticate: () => Promise.resolve() });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as { data?: object });
    const status = this.broken ?? this.#take(request.method ?? '', request.url ?? '', body.data ?? {});
    this.requests += 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ data: this.data }));
  }

  #take(method: string, url: string, data: object): number {
    const isMap = url === `/api/v1/namespaces/ours/configmaps/${REPLICAS}`;
    if (method === 'POST' && this.data !== undefined) return 409;
    if (method !== 'POST' && (!isMap || this.data === undefined)) return 404;
    if (method === 'GET') return 200;
    const merged = Object.entries({ ...this.data, ...data }).filter(([, value]) => value !== null);
    this.data = Object.fromEntries(merged) as Record<string, string>;
    return 200;
  }
}

const closing = new Closing();
afterEach(() => closing.close());

const report = (envoys: number): EnvoyReport => ({ default: { version: 'v', envoys, behind: 0, refused: [] } });

interface Options {
  readonly own?: () => EnvoyReport | undefined;
  readonly isLeader?: boolean;
  readonly believedMs?: number;
  readonly forgottenMs?: number;
}

function replica(server: ConfigMapApi, identity: string, options: Options = {}) {
  const troubles: unknown[] = [];
  const { own = () => report(1), isLeader = false, believedMs = 60_000, forgottenMs = 60_000 } = options;
  const reports = new ReplicaReports(server.api, {
    namespace: 'ours',
    identity,
    timing: { lookMs: 5, beatMs: 20, believedMs, forgottenMs },
    own,
    isLeader: () => isLeader,
    onChange: () => undefined,
    onTrouble: (error) => troubles.push(error),
    now: () => new Date(),
  });
  reports.start();
  return { ...closing.keep({ stop: () => reports.stop() }), reports, troubles };
}

const hears = async ({ reports }: { reports: ReplicaReports }, expected: readonly EnvoyReport[] | undefined) =>
  await eventually(`it hears ${JSON.stringify(expected)}`, () =>
    Promise.resolve(JSON.stringify(reports.others) === JSON.stringify(expected) || undefined),
  );

test('replicas hear of each other, at once and after each change; one that ends takes its word back', async () => {
  const server = closing.keep(await ConfigMapApi.start());
  let envoys = 2;
  const [a, b] = [replica(server, 'a_1'), replica(server, 'b/odd identity', { own: () => report(envoys) })];
  await hears(a, [report(2)]);
  await hears(b, [report(1)]);
  envoys = 3;
  await hears(a, [report(3)]);
  await b.stop();
  expect(Object.keys(server.data ?? {})).toEqual(['a_1']);
  await hears(a, []);
});

test('of one that has published nothing yet nothing is said, and it hears the others', async () => {
  const server = closing.keep(await ConfigMapApi.start());
  const [a, b] = [replica(server, 'a'), replica(server, 'b', { own: () => undefined })];
  await hears(b, [report(1)]);
  await hears(a, []);
});

test('who says nothing new is not believed for ever, and forgotten by the leader', async () => {
  const server = closing.keep(await ConfigMapApi.start());
  server.data = { dead: JSON.stringify({ at: '2026-01-01T00:00:00Z', report: report(7) }) };
  await hears(replica(server, 'a', { believedMs: 60_000 }), [report(7)]);
  await hears(replica(server, 'b', { believedMs: 50, own: () => undefined }), [report(1)]);
  replica(server, 'c', { isLeader: true, forgottenMs: 50, own: () => undefined });
  await eventually('it stays, for c says nothing', () => Promise.resolve(server.requests > 40 || undefined));
  replica(server, 'd', { isLeader: true, forgottenMs: 50 });
  await eventually('it is gone', () => Promise.resolve(!Object.hasOwn(server.data ?? {}, 'dead') || undefined));
});

test.each([
  ['no JSON', '{'],
  ['nothing', 'null'],
  ['another form', JSON.stringify({ at: 'x', report: { default: { envoys: -1 } } })],
  ['a list', JSON.stringify({ at: 'x', report: [1] })],
])('a word that is %s says nothing', async (_what, word) => {
  const server = closing.keep(await ConfigMapApi.start());
  server.data = { odd: word };
  await hears(replica(server, 'a'), []);
});

test('while it may not be asked nothing is known, which is told once; then it goes on', async () => {
  const server = closing.keep(await ConfigMapApi.start());
  server.broken = 403;
  const a = replica(server, 'a');
  await eventually('it has tried', () => Promise.resolve(server.requests > 5 || undefined));
  expect(a.reports.others).toBeUndefined();
  expect(a.troubles).toHaveLength(1);
  server.broken = undefined;
  await hears(a, []);
});
