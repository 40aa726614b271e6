import type { EnvoyMessages } from '../../src/protos';
import { RESOURCE_TYPES, type ResourceType, TYPE_URLS } from '../../src/snapshot/snapshot';
import { Closing } from '../support/closing';
import { host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import { eventually } from '../support/eventually';
import { days, issueLeaf, rootCa } from '../support/issuance';
import { ServeProcess } from '../support/serve-process';
import { WireClient } from '../xds/support/wire-client';
import { Cluster } from './support/cluster';
import { ShuffledApi } from './support/shuffled-api';

// Three replicas over one API, to each of which it tells everything in an order of its own.

const COUNT = 40;
const NODE = 'edge';

type Response = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryResponse'];
/** Versions and contents of everything that a node was sent, by type and name. */
type Held = ReadonlyMap<ResourceType, ReadonlyMap<string, { readonly version: string; readonly content: string }>>;

const closing = new Closing();
const apis: ShuffledApi[] = [];
const replicas: ServeProcess[] = [];
let cluster: Cluster;

beforeAll(async () => {
  cluster = closing.keep(await Cluster.start());
  for (const namespace of ['a', 'b', 'c']) await cluster.kubectl('create', 'namespace', namespace);
  await cluster.apply(...(await objects()));
  for (const seed of [11, 222, 3333]) {
    const api = closing.keep(await ShuffledApi.start(cluster.limitedKubeconfig, seed));
    apis.push(api);
    const args = ['--kubeconfig', api.kubeconfig, '--no-kubernetes-status'];
    replicas.push(closing.keep(await ServeProcess.start('--kubernetes', { args })));
  }
  for (const { admin } of replicas)
    await eventually('it is ready', async () => (await admin.status()).ready || undefined, 30_000);
}, 120_000);
afterAll(() => closing.close(), 60_000);

/** Where an order could matter: routes that overlap, weights, one service of several TLSContexts, names that clash across namespaces. */
async function objects(): Promise<readonly object[]> {
  const ca = await rootCa();
  const pairs = await Promise.all(
    Array.from({ length: 6 }, async (_, index) =>
      keyPair(`pair-${index}`, await issueLeaf(ca, { name: `h${index}.test`, validity: days(-1, 90) })),
    ),
  );
  const namespaceOf = (index: number) => ['a', 'b', 'c'][index % 3] ?? 'a';
  const all = [
    listener(18443, { protocol: 'HTTPS', securityModel: 'XFP' }),
    listener(18080, { protocol: 'HTTP', securityModel: 'XFP' }),
    secret('ca', { 'ca.crt': ca.certificatePem }),
    ...pairs,
    ...pairs.map((_, index) => host(`h${index}`, { hostname: `h${index}.test`, tlsSecret: { name: `pair-${index}` } })),
    ...pairs.map((_, index) =>
      tlsContext(`c${index}`, { secret: `pair-${index}`, ca_secret: 'ca', verify: { hostname: 'up.test' } }),
    ),
    ...Array.from({ length: COUNT }, (_, index) =>
      mapping(`m${index}`, {
        hostname: index % 4 === 0 ? '*' : `h${index % 6}.test`,
        prefix: `/p${index % 10}/`,
        service: `up-${index % 7}:8443`,
        ...(index % 2 === 0 && { tls: `c${index % 6}` }),
        ...(index % 5 === 0 && { weight: 10 }),
        ...(index % 9 === 0 && { headers: { 'x-a': String(index) } }),
      }),
    ),
    ...Array.from({ length: 8 }, (_, index) =>
      mapping(
        `e${index}`,
        { prefix: `/e${index}/`, service: 'ends:80', resolver: 'endpoint' },
        { namespace: namespaceOf(index) },
      ),
    ),
    ...['a', 'b', 'c'].flatMap((namespace) => [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'ends', namespace },
        spec: { ports: [{ name: 'http', port: 80 }] },
      },
      ...[1, 2, 3].map((slice) => ({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: `ends-${slice}`, namespace, labels: { 'kubernetes.io/service-name': 'ends' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [`192.0.2.${slice}`] }, { addresses: [`192.0.2.${10 - slice}`] }],
        ports: [{ name: 'http', port: 8080 }],
      })),
    ]),
  ];
  return all.map((object) => {
    const { metadata, ...rest } = object as { readonly metadata: object };
    return { ...rest, metadata: { namespace: 'default', ...metadata } };
  });
}

/** Everything that a node is sent that holds `before` already; over Delta, until the replica has nothing more to say. */
async function received({ xdsPort, admin }: ServeProcess, before?: Held): Promise<Held> {
  const client = new WireClient(`127.0.0.1:${xdsPort}`);
  const held = new Map(RESOURCE_TYPES.map((type) => [type, new Map<string, { version: string; content: string }>()]));
  const stream = client.open('DeltaAggregatedResources');
  stream.call.on('data', ({ type_url = '', nonce = '', resources = [] }: Response) => {
    const type = RESOURCE_TYPES.find((each) => TYPE_URLS[each] === type_url);
    for (const { name = '', version = '', resource } of resources)
      if (type !== undefined) held.get(type)?.set(name, { version, content: textOf(resource) });
    stream.send({ type_url, response_nonce: nonce });
  });
  for (const type of RESOURCE_TYPES)
    stream.send({
      type_url: TYPE_URLS[type],
      node: { id: NODE },
      resource_names_subscribe: ['*'],
      initial_resource_versions: Object.fromEntries(
        [...(before?.get(type) ?? [])].map(([name, { version }]) => [name, version]),
      ),
    });
  await eventually('all that was to be said is said', async () => {
    const { nodes } = await admin.status();
    const types = nodes.flatMap(({ streams }) => streams.flatMap((each) => Object.entries(each.types)));
    return types.length === RESOURCE_TYPES.length && types.every(([, { settled }]) => settled) ? true : undefined;
  });
  stream.call.cancel();
  client.close();
  await eventually('it is gone', async () => {
    const { nodes } = await admin.status();
    return nodes.every(({ streams }) => streams.length === 0) ? true : undefined;
  });
  return held;
}

/** The versions that each replica has. */
async function statesOf(): Promise<readonly string[]> {
  return await Promise.all(replicas.map(async ({ admin }) => JSON.stringify((await admin.status()).groups)));
}

/** Of an Any, byte for byte. */
function textOf(resource: object | null | undefined): string {
  return resource != null && 'value' in resource && Buffer.isBuffer(resource.value)
    ? resource.value.toString('latin1')
    : '';
}

test('each was told everything in another order', () => {
  for (const path of [
    '/apis/getambassador.io/v3alpha1/mappings',
    '/api/v1/secrets',
    '/apis/getambassador.io/v3alpha1/hosts',
  ]) {
    const orders = apis.map(({ orders: told }) => told.get(path));
    expect(orders).not.toContain(undefined);
    expect(new Set(orders).size).toBe(apis.length);
  }
});

test('the versions and the bytes of everything are the same, and a node that moves is sent nothing', async () => {
  const [first, ...others] = replicas;
  if (first === undefined) throw new Error('no replica');
  const held = await received(first);
  for (const type of RESOURCE_TYPES) expect(held.get(type)?.size).toBeGreaterThan(0);
  for (const other of others) {
    expect(await received(other)).toEqual(held);
    const sent = await received(other, held);
    for (const type of RESOURCE_TYPES) expect([...(sent.get(type)?.keys() ?? [])]).toEqual([]);
  }
  const total = RESOURCE_TYPES.reduce((sum, type) => sum + (held.get(type)?.size ?? 0), 0);
  console.log(`three replicas, input shuffled: ${total} resources, versions and bytes equal, 0 sent again`);
});

test('so they are after changes, which each is told in its own time', async () => {
  const before = await statesOf();
  await cluster.kubectl('delete', 'mapping', 'm3', 'm7');
  await cluster.kubectl('label', 'mapping', 'm1', 'm2', 'x=y');
  await cluster.apply({
    ...(mapping('m4', { prefix: '/changed/', service: 'up-1' }) as { readonly metadata: object }),
    metadata: { name: 'm4', namespace: 'default' },
  });
  await eventually('all have followed', async () => {
    const states = await statesOf();
    if (new Set(states).size !== 1 || states[0] === before[0]) return undefined;
    const [first] = replicas;
    const routes = first === undefined ? [] : [...((await received(first)).get('routes')?.values() ?? [])];
    return routes.some(({ content }) => content.includes('/changed/')) ? true : undefined;
  });
  const [first, ...others] = replicas;
  if (first === undefined) throw new Error('no replica');
  const held = await received(first);
  for (const other of others) expect(await received(other)).toEqual(held);
});
