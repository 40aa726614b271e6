import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Api } from '../../../src/sources/kubernetes/api';
import { KubernetesSource } from '../../../src/sources/kubernetes/kubernetes-source';
import type { SourceState } from '../../../src/sources/source';
import { eventually } from '../../support/eventually';

// The source against an API that fails in every way there is; what a real one does is in test/kubernetes.

interface Item {
  readonly name: string;
  readonly spec?: object;
  readonly data?: Readonly<Record<string, string>>;
  readonly status?: object;
  /** Default: the next. */
  readonly version?: number;
}

const SECRETS = '/api/v1/secrets';
const PODS = '/api/v1/pods';
const MAPPINGS = '/apis/getambassador.io/v3alpha1/mappings';

/** Collections by path; one that is not among them is not there. */
class FakeApi {
  readonly collections = new Map<string, Map<string, object>>();
  /** Answers instead, while there are any: a status, or a connection that breaks. */
  readonly faults: { readonly path: string; readonly watch: boolean; readonly answer: number | 'break' }[] = [];
  readonly requests: string[] = [];
  /** Paths that are answered so for as long as they are here. */
  readonly failing = new Map<string, number>();
  /** Collections whose watches end as soon as they begin. */
  readonly ending = new Set<string>();
  /** Paths whose next answer waits. */
  readonly delayed = new Map<string, Promise<void>>();
  readonly #history: { readonly path: string; readonly version: number; readonly event: object }[] = [];
  readonly #server: Server;
  readonly #watchers = new Map<string, Set<ServerResponse>>();
  #version = 100;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<FakeApi> {
    const api = new FakeApi();
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  get client(): Api {
    const { port } = this.#server.address() as AddressInfo;
    const server = `http://127.0.0.1:${port}`;
    return new Api({ server, namespace: 'default', authenticate: () => Promise.resolve() });
  }

  install(...paths: readonly string[]): void {
    for (const path of paths) this.collections.set(path, new Map());
  }

  put(path: string, { name, version, ...rest }: Item): void {
    const collection = this.collections.get(path);
    const type = collection?.has(name) === true ? 'MODIFIED' : 'ADDED';
    this.#version += 1;
    const resourceVersion = String(version ?? this.#version);
    const metadata = { namespace: 'default', name, resourceVersion, managedFields: [{}] };
    const object = { metadata, ...rest };
    collection?.set(name, object);
    this.#tell(path, { type, object });
  }

  remove(path: string, name: string): void {
    const object = this.collections.get(path)?.get(name);
    this.collections.get(path)?.delete(name);
    this.#version += 1;
    this.#tell(path, { type: 'DELETED', object });
  }

  tell(path: string, event: object): void {
    this.#tell(path, event);
  }

  /** Ends the watches of a collection, as a load balancer would. */
  cut(path: string): void {
    for (const response of this.#watchers.get(path) ?? []) response.destroy();
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #tell(path: string, event: object): void {
    this.#history.push({ path, version: this.#version, event });
    for (const response of this.#watchers.get(path) ?? []) response.write(`${JSON.stringify(event)}\n`);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://api');
    const watch = url.searchParams.get('watch') === 'true';
    this.requests.push(`${watch ? 'WATCH' : 'GET'} ${url.pathname}`);
    const index = this.faults.findIndex((fault) => fault.path === url.pathname && fault.watch === watch);
    const [fault] = index < 0 ? [] : this.faults.splice(index, 1);
    if (fault?.answer === 'break') return void response.destroy();
    const one = /^(\/api\/v1)\/namespaces\/default(\/secrets)\/(.+)$/.exec(url.pathname);
    const found = one ? this.collections.get(`${one[1]}${one[2]}`)?.get(one[3] ?? '') : undefined;
    const collection = this.collections.get(url.pathname);
    const failing = this.failing.get(url.pathname);
    const delayed = this.delayed.get(url.pathname);
    this.delayed.delete(url.pathname);
    if (delayed !== undefined) return void delayed.then(() => this.#answer(request, response));
    if (failing !== undefined || fault !== undefined || (collection === undefined && found === undefined)) {
      response.writeHead(failing ?? fault?.answer ?? 404, { 'content-type': 'application/json', 'retry-after': '0' });
      return void response.end(
        JSON.stringify({ kind: 'Status', message: `the answer is ${failing ?? fault?.answer ?? 404}` }),
      );
    }
    if (found !== undefined) return void response.end(JSON.stringify(found));
    if (watch) {
      response.writeHead(200);
      if (this.ending.has(url.pathname)) return void response.end();
      response.flushHeaders();
      const watchers = this.#watchers.get(url.pathname) ?? new Set();
      this.#watchers.set(url.pathname, watchers.add(response));
      const since = Number(url.searchParams.get('resourceVersion'));
      for (const { path, version, event } of this.#history)
        if (path === url.pathname && version > since) response.write(`${JSON.stringify(event)}\n`);
      response.on('close', () => watchers.delete(response));
      return;
    }
    const all = [...(collection?.values() ?? [])];
    const start = Number(url.searchParams.get('continue') ?? 0);
    const end = start + Math.min(2, Number(url.searchParams.get('limit')));
    const next = end < all.length ? String(end) : undefined;
    const metadata = { resourceVersion: String(this.#version), ...(next !== undefined && { continue: next }) };
    response.end(JSON.stringify({ items: all.slice(start, end), metadata }));
  }
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** Secrets are referred to by `spec.tls` of Mappings. */
function referenced(documents: SourceState['documents']): ReadonlySet<string> {
  return new Set(
    documents.flatMap(({ value }) => {
      const { tls } = (value as { readonly spec?: { readonly tls?: string } }).spec ?? {};
      return tls === undefined ? [] : [`default/${tls}`];
    }),
  );
}

async function started(prepare: (api: FakeApi) => void) {
  const api = await FakeApi.start();
  stops.push(() => api.stop());
  api.install(MAPPINGS, SECRETS);
  prepare(api);
  const states: SourceState[] = [];
  const troubles: string[] = [];
  const source = new KubernetesSource({
    api: api.client,
    referenced,
    needsPods,
    timing: { retryMs: 10, longestRetryMs: 40, absentMs: 20 },
    onTrouble: (collection, trouble) => troubles.push(`${collection.split('/').at(-1)} ${trouble?.reason ?? 'fine'}`),
  });
  stops.push(() => source.stop());
  await source.start((state) => void states.push(state));
  const names = () => states.at(-1)?.documents.map(({ file }) => file) ?? [];
  const has = async (...expected: readonly string[]) =>
    await eventually(expected.join(), () => Promise.resolve(names().join() === expected.join() ? true : undefined));
  return { api, states, troubles, names, has, source };
}

const mapping = (name: string) => `kubernetes:default/Mapping/${name}`;
const pod = (name: string) => `kubernetes:default/Pod/${name}`;
const secret = (name: string) => `kubernetes:default/Secret/${name}`;

test('lists page by page, watches from there, and yields what is there in order', async () => {
  const { api, has } = await started((api) => ['c', 'a', 'e', 'b'].forEach((name) => api.put(MAPPINGS, { name })));
  await has(mapping('a'), mapping('b'), mapping('c'), mapping('e'));
  api.put(MAPPINGS, { name: 'd' });
  await has(mapping('a'), mapping('b'), mapping('c'), mapping('d'), mapping('e'));
  api.remove(MAPPINGS, 'a');
  await has(mapping('b'), mapping('c'), mapping('d'), mapping('e'));
});

test('yields nothing before everything has been listed to its end', async () => {
  const { api, states, has } = await started((api) => {
    api.put(MAPPINGS, { name: 'a', spec: { tls: 'pair' } });
    api.put(SECRETS, { name: 'pair', data: { 'tls.key': 'YQ==' } });
    for (let count = 0; count < 5; count += 1) api.faults.push({ path: SECRETS, watch: false, answer: 500 });
  });
  await has(mapping('a'), secret('pair'));
  expect(states).toHaveLength(1);
  expect(api.faults).toEqual([]);
});

test('keeps of Secrets only what is referred to, and fetches one that comes to be', async () => {
  const { api, states, has } = await started((api) => {
    api.put(MAPPINGS, { name: 'a', spec: { tls: 'one' } });
    api.put(SECRETS, { name: 'one', data: { 'tls.key': 'b25l' } });
    api.put(SECRETS, { name: 'two', data: { 'tls.key': 'dHdv' } });
  });
  await has(mapping('a'), secret('one'));
  api.put(MAPPINGS, { name: 'b', spec: { tls: 'two' } });
  await has(mapping('a'), mapping('b'), secret('one'), secret('two'));
  // Never without the Secret that it refers to.
  expect(states.map(({ documents }) => documents.length)).toEqual([2, 4]);
  api.remove(MAPPINGS, 'a');
  await has(mapping('b'), secret('two'));
});

test('what the API adds changes nothing: the document stays the same', async () => {
  const { api, states, has } = await started((api) => api.put(MAPPINGS, { name: 'a', spec: { prefix: '/' } }));
  await has(mapping('a'));
  api.put(MAPPINGS, { name: 'a', spec: { prefix: '/' } });
  api.put(MAPPINGS, { name: 'b' });
  await has(mapping('a'), mapping('b'));
  expect(states.at(-1)?.documents[0]).toBe(states[0]?.documents[0]);
});

test.each([
  ['is answered with 410', { type: 'ERROR', object: { code: 410, message: 'too old' } }],
  ['is cut in the middle of a line', undefined],
])('a watch that %s: it is listed again, and what has not changed stays', async (_what, event) => {
  const { api, states, has, troubles } = await started((api) => api.put(MAPPINGS, { name: 'a' }));
  await has(mapping('a'));
  api.faults.push({ path: MAPPINGS, watch: true, answer: 410 });
  if (event === undefined) api.cut(MAPPINGS);
  else api.tell(MAPPINGS, event);
  await eventually('the fault has been met', () => Promise.resolve(api.faults.length === 0 || undefined));
  api.put(MAPPINGS, { name: 'b' });
  await has(mapping('a'), mapping('b'));
  expect(states.at(-1)?.documents[0]).toBe(states[0]?.documents[0]);
  expect(troubles).toEqual([]);
});

test.each([
  ['forbidden', 403],
  ['unreachable', 500],
] as const)('%s: what was read stays, and nothing is taken away until all can be read', async (reason, answer) => {
  const { api, has, states, troubles } = await started((api) => {
    api.install('/apis/getambassador.io/v3alpha1/hosts');
    api.put('/apis/getambassador.io/v3alpha1/hosts', { name: 'h' });
    api.put(MAPPINGS, { name: 'a' });
  });
  await has('kubernetes:default/Host/h', mapping('a'));
  api.failing.set(MAPPINGS, answer);
  api.cut(MAPPINGS);
  await eventually('the trouble', () => Promise.resolve(troubles.includes(`mappings ${reason}`) || undefined));
  api.remove('/apis/getambassador.io/v3alpha1/hosts', 'h');
  api.put('/apis/getambassador.io/v3alpha1/hosts', { name: 'i' });
  await has('kubernetes:default/Host/h', 'kubernetes:default/Host/i', mapping('a'));
  expect(states.at(-1)?.diagnostics).toMatchObject([{ code: 'CS6010' }]);
  api.failing.delete(MAPPINGS);
  await has('kubernetes:default/Host/i', mapping('a'));
  expect(troubles.at(-1)).toBe('mappings fine');
});

test('a collection that is gone is not empty; one that comes late is found', async () => {
  const hosts = '/apis/getambassador.io/v3alpha1/hosts';
  const { api, has, troubles } = await started((api) => api.put(MAPPINGS, { name: 'a' }));
  await has(mapping('a'));
  api.install(hosts);
  api.put(hosts, { name: 'h' });
  await has('kubernetes:default/Host/h', mapping('a'));
  const objects = api.collections.get(MAPPINGS);
  api.collections.delete(MAPPINGS);
  api.cut(MAPPINGS);
  await eventually('the trouble', () => Promise.resolve(troubles.includes('mappings missing') || undefined));
  await has('kubernetes:default/Host/h', mapping('a'));
  api.collections.set(MAPPINGS, objects ?? new Map());
  await eventually('it is back', () => Promise.resolve(troubles.includes('mappings fine') || undefined));
});

/** Pods are of interest where a Mapping has `spec.istio`. */
function needsPods(documents: SourceState['documents']): boolean {
  return documents.some(({ value }) => 'istio' in ((value as { readonly spec?: object }).spec ?? {}));
}

test('Pods are read only while a definition needs them, and of each only what tells whom to expect', async () => {
  const { api, states, has, names } = await started((api) => {
    api.install(PODS);
    api.put(PODS, { name: 'p', spec: { serviceAccountName: 'quote', containers: [{}] }, status: { phase: 'Pending' } });
    api.put(MAPPINGS, { name: 'a' });
  });
  await has(mapping('a'));
  expect(api.requests.filter((line) => line.endsWith(PODS))).toEqual([]);
  api.put(MAPPINGS, { name: 'b', spec: { istio: {} } });
  await has(mapping('a'), mapping('b'), pod('p'));
  const kept = states.at(-1)?.documents.at(-1);
  expect(kept?.value).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { serviceAccountName: 'quote' },
  });
  // The state of a Pod changes often, and nothing follows from it.
  const before = states.length;
  api.put(PODS, { name: 'p', spec: { serviceAccountName: 'quote', containers: [{}] }, status: { phase: 'Running' } });
  api.put(PODS, { name: 'q', spec: { serviceAccountName: 'other' } });
  await has(mapping('a'), mapping('b'), pod('p'), pod('q'));
  expect(states).toHaveLength(before + 1);
  expect(states.at(-1)?.documents.at(-2)).toBe(kept);
  api.remove(MAPPINGS, 'b');
  await eventually('no Pods any more', () => Promise.resolve(names().join() === mapping('a') || undefined));
});

test('Pods that may not be read are not known, and hold nothing back', async () => {
  const { has, troubles } = await started((api) => {
    api.failing.set(PODS, 403);
    api.put(MAPPINGS, { name: 'a', spec: { istio: {} } });
  });
  await has(mapping('a'));
  expect(troubles).toEqual([]);
});

test('read once: all of it, and nothing is watched', async () => {
  const api = await FakeApi.start();
  stops.push(() => api.stop());
  api.install(MAPPINGS, SECRETS);
  api.put(MAPPINGS, { name: 'a', spec: { tls: 'one' } });
  api.put(SECRETS, { name: 'one', data: {} });
  api.put(SECRETS, { name: 'two', data: {} });
  const { documents } = await new KubernetesSource({ api: api.client, referenced }).read();
  expect(documents.map(({ file }) => file)).toEqual([mapping('a'), secret('one')]);
  expect(api.requests.filter((line) => line.startsWith('WATCH'))).toEqual([]);
});

test('read once: what may not be read is an error, unless it is optional', async () => {
  const api = await FakeApi.start();
  stops.push(() => api.stop());
  api.install(MAPPINGS, SECRETS);
  api.faults.push({ path: '/apis/networking.k8s.io/v1/ingresses', watch: false, answer: 403 });
  await expect(new KubernetesSource({ api: api.client, referenced }).read()).resolves.toBeDefined();
  api.faults.push({ path: MAPPINGS, watch: false, answer: 403 });
  await expect(new KubernetesSource({ api: api.client, referenced }).read()).rejects.toThrow('the answer is 403');
});

test('a document says where it would stand, and shows no data of a Secret', async () => {
  const { states, has } = await started((api) => {
    api.put(MAPPINGS, { name: 'a', spec: { prefix: '/x/', tls: 'one' } });
    api.put(SECRETS, { name: 'one', data: { 'tls.key': 'c2VjcmV0' } });
  });
  await has(mapping('a'), secret('one'));
  const [found, pair] = states.at(-1)?.documents ?? [];
  expect(found?.locate(['spec', 'prefix'])).toMatchObject({ file: mapping('a'), line: 2, excerpt: '  prefix: /x/' });
  expect(JSON.stringify(pair?.locate(['data', 'tls.key']))).not.toContain('c2VjcmV0');
  expect(pair?.locate(['data', 'tls.key'], 'key')).toMatchObject({ file: secret('one') });
});

/** `spec` nested so deep. */
const nested = (depth: number) => {
  let value: object = {};
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
};

test.each([65, 2_000])(
  'an object that nests %i levels is not read; what was read of it before stays',
  async (depth) => {
    const { api, has, states } = await started((api) => {
      api.put(MAPPINGS, { name: 'a', spec: { prefix: '/' } });
      api.put(MAPPINGS, { name: 'b', spec: nested(depth) });
    });
    await has(mapping('a'));
    const subject = { kind: 'Mapping', namespace: 'default', name: 'b' };
    expect(states.at(-1)?.diagnostics).toMatchObject([{ code: 'CS1005', subject }]);
    api.put(MAPPINGS, { name: 'a', spec: nested(65) });
    await eventually('it is told', () => Promise.resolve(states.at(-1)?.diagnostics.length === 2 || undefined));
    await has(mapping('a'));
    expect(states.at(-1)?.documents[0]).toBe(states[0]?.documents[0]);
    api.put(MAPPINGS, { name: 'b', spec: nested(60) });
    await has(mapping('a'), mapping('b'));
    const [, deep] = states.at(-1)?.documents ?? [];
    expect(deep?.locate(['spec', ...Array.from({ length: 60 }, () => 'a')])).toMatchObject({ line: 61 });
  },
);

const dataOf = ({ documents }: SourceState, name: string) =>
  (documents.find(({ file }) => file === secret(name))?.value as { readonly data?: object } | undefined)?.data;

test('a list is the truth, be it of an etcd that counts from an earlier version', async () => {
  const { api, has, states } = await started((api) => {
    api.put(MAPPINGS, { name: 'a', spec: { tls: 'pair' } });
    api.put(SECRETS, { name: 'pair', data: { 'tls.key': 'bmV3' }, version: 900 });
  });
  await has(mapping('a'), secret('pair'));
  const holds = async (value: string) =>
    await eventually(value, () => {
      const state = states.at(-1);
      return Promise.resolve((state && JSON.stringify(dataOf(state, 'pair')))?.includes(value) || undefined);
    });
  api.put(SECRETS, { name: 'pair', data: { 'tls.key': 'b2xk' }, version: 200 });
  api.put(MAPPINGS, { name: 'b' });
  await has(mapping('a'), mapping('b'), secret('pair'));
  await holds('bmV3');
  api.faults.push({ path: SECRETS, watch: true, answer: 410 });
  api.cut(SECRETS);
  await holds('b2xk');
});

test('nothing is yielded with a definition whose Secret is still on its way', async () => {
  const { api, states, has } = await started((api) => {
    for (const name of ['one', 'two', 'three']) api.put(SECRETS, { name, data: { 'tls.key': 'YQ==' } });
    api.put(MAPPINGS, { name: 'a', spec: { tls: 'one' } });
  });
  await has(mapping('a'), secret('one'));
  let arrive = () => {};
  api.delayed.set('/api/v1/namespaces/default/secrets/two', new Promise((resolve) => (arrive = resolve)));
  api.put(MAPPINGS, { name: 'b', spec: { tls: 'two' } });
  await eventually('it is asked for', () =>
    Promise.resolve(api.requests.some((line) => line.endsWith('/secrets/two')) || undefined),
  );
  api.put(MAPPINGS, { name: 'a', spec: { tls: 'three' } });
  await eventually('it is known', () => Promise.resolve(api.requests.length > 0 || undefined));
  arrive();
  await has(mapping('a'), mapping('b'), secret('three'), secret('two'));
  for (const state of states)
    for (const name of referenced(state.documents))
      expect(state.documents.map(({ file }) => file)).toContain(`kubernetes:${name.replace('/', '/Secret/')}`);
});

test('a Secret that can’t be had holds up what names it, and is not asked for all the time', async () => {
  const { api, states, has, troubles } = await started((api) => {
    for (const name of ['one', 'two']) api.put(SECRETS, { name, data: { 'tls.key': 'YQ==' } });
    api.put(MAPPINGS, { name: 'a', spec: { tls: 'one' } });
  });
  await has(mapping('a'), secret('one'));
  const path = '/api/v1/namespaces/default/secrets/two';
  api.failing.set(path, 500);
  api.put(MAPPINGS, { name: 'a', spec: { tls: 'two' } });
  const asked = () => api.requests.filter((line) => line.endsWith(path)).length;
  await eventually('it is asked for again', () => Promise.resolve(asked() > 1 || undefined));
  expect(asked()).toBeLessThan(4);
  expect(states).toHaveLength(1);
  expect(troubles).toEqual(['two unreachable']);
  api.failing.delete(path);
  await has(mapping('a'), secret('two'));
});

test('what else names Secrets is heeded', async () => {
  const { api, states, has, source } = await started((api) => {
    for (const name of ['one', 'two']) api.put(SECRETS, { name, data: { 'tls.key': 'YQ==' } });
    api.put(MAPPINGS, { name: 'a', spec: { tls: 'one' } });
  });
  await has(mapping('a'), secret('one'));
  const [named] = states[0]?.documents ?? [];
  if (named === undefined) throw new Error('nothing was read');
  expect(source.heed([])).toBe(true);
  api.put(MAPPINGS, { name: 'a', spec: { tls: 'two' } });
  await has(mapping('a'), secret('two'));
  expect(source.heed([named])).toBe(false);
  await has(mapping('a'), secret('one'), secret('two'));
  expect(source.heed([named])).toBe(true);
});

test('of an object that is gone no status is kept', async () => {
  const { api, has, source } = await started((api) => {
    for (const name of ['a', 'b']) api.put(MAPPINGS, { name, status: { seen: true } });
  });
  await has(mapping('a'), mapping('b'));
  api.remove(MAPPINGS, 'b');
  await has(mapping('a'));
  expect([...source.withStatus()]).toMatchObject([{ name: 'a', status: { seen: true } }]);
});

test('Pods that nobody needs any more, and that may not be read, hold nothing back', async () => {
  const { api, has, states } = await started((api) => {
    api.install(PODS);
    api.put(PODS, { name: 'p', spec: {} });
    for (const name of ['a', 'c']) api.put(MAPPINGS, { name });
    api.put(MAPPINGS, { name: 'b', spec: { istio: {} } });
  });
  await has(mapping('a'), mapping('b'), mapping('c'), pod('p'));
  api.failing.set(PODS, 403);
  api.cut(PODS);
  await eventually('it is told', () => Promise.resolve(states.at(-1)?.diagnostics.length === 1 || undefined));
  expect(states.at(-1)?.diagnostics[0]?.message).toMatch(/^pods may not be read/);
  api.remove(MAPPINGS, 'c');
  await has(mapping('a'), mapping('b'), pod('p'));
  api.remove(MAPPINGS, 'b');
  await has(mapping('a'));
  expect(states.at(-1)?.diagnostics).toEqual([]);
});

test('a watch that ends at once is not begun again at once', async () => {
  const { api, has } = await started((api) => api.put(MAPPINGS, { name: 'a' }));
  await has(mapping('a'));
  api.ending.add(MAPPINGS);
  api.cut(MAPPINGS);
  const watches = () => api.requests.filter((line) => line === `WATCH ${MAPPINGS}`).length;
  await eventually('it is watched again', () => Promise.resolve(watches() > 3 || undefined));
  const [before, began] = [watches(), performance.now()];
  await eventually('and again', () => Promise.resolve(watches() > before + 4 || undefined));
  // Half of the longest pause, at the least.
  expect(performance.now() - began).toBeGreaterThan(4 * 20 - 10);
  api.ending.delete(MAPPINGS);
  api.put(MAPPINGS, { name: 'b' });
  await has(mapping('a'), mapping('b'));
});
