import { status } from '@grpc/grpc-js';
import { AccessPolicy } from '../../src/authorization';
import type { IssuedCertificate } from '../../src/cli/demo/pki';
import { decodeMessage, type EnvoyMessages } from '../../src/protos';
import { TYPE_URLS } from '../../src/snapshot/snapshot';
import { SnapshotStore } from '../../src/snapshot/store';
import { XdsServer } from '../../src/xds';
import { everyType } from './support/configurations';
import { PortPki, type SubjectAltName } from './support/port';
import type { WireClient, WireStream } from './support/wire-client';

// Every method × identity × claimed node × secret × state of the caches, against a table that is written down here.

type SotwRequest = EnvoyMessages['envoy.service.discovery.v3.DiscoveryRequest'];
type SotwResponse = EnvoyMessages['envoy.service.discovery.v3.DiscoveryResponse'];
type DeltaRequest = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryRequest'];
type DeltaResponse = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryResponse'];

const ADS = 'envoy.service.discovery.v3.AggregatedDiscoveryService';
const SDS = 'envoy.service.secret.v3.SecretDiscoveryService';
const SECRET = 'envoy.extensions.transport_sockets.tls.v3.Secret';

const uri = (value: string): SubjectAltName => ({ type: 'uri', value });
const dns = (value: string): SubjectAltName => ({ type: 'dns', value });

/** Client certificates of the right CA, and what the policy lets each be: node ids with their groups. */
const IDENTITIES: Readonly<Record<string, readonly SubjectAltName[]>> = {
  edge: [uri('spiffe://t/edge')],
  sidecar: [uri('spiffe://t/sidecar/b')],
  gateway: [dns('gateway.t')],
  'of no rule': [uri('spiffe://t/unknown')],
  'longer than a rule': [uri('spiffe://t/edge/more')],
  'of another trust domain': [uri('spiffe://other/edge')],
  'a common name only': [],
  'a wildcard': [dns('*.t')],
  'an ID beside another URI': [uri('spiffe://t/edge'), uri('https://t/edge')],
  'a whole trust domain': [uri('spiffe://t')],
  'a malformed ID': [uri('spiffe://t/edge/../edge')],
};
type Identity = keyof typeof IDENTITIES;

const RULES = {
  before: [
    { identity: 'spiffe://t/edge', nodeIds: ['edge-*'], groups: ['a'] },
    { identity: 'spiffe://t/sidecar/*', nodeIds: ['{name}-*'], groups: ['{name}'] },
    { identity: 'dns:gateway.t', nodeIds: ['gateway'], groups: ['*'] },
  ],
  after: [
    { identity: 'spiffe://t/edge', nodeIds: ['edge-*'], groups: ['b'] },
    { identity: 'dns:gateway.t', nodeIds: ['gateway'], groups: ['a', 'default'] },
  ],
} as const;

/** The same rules once more, as the answers to be expected. */
const ALLOWED: Readonly<Record<keyof typeof RULES, (identity: Identity, nodeId: string, group: string) => boolean>> = {
  before: (identity, nodeId, group) =>
    (identity === 'edge' && nodeId === 'edge-1' && group === 'a') ||
    (identity === 'sidecar' && nodeId === 'b-1' && group === 'b') ||
    (identity === 'gateway' && nodeId === 'gateway'),
  after: (identity, nodeId, group) =>
    (identity === 'edge' && nodeId === 'edge-1' && group === 'b') ||
    (identity === 'gateway' && nodeId === 'gateway' && group !== 'b'),
};

const NODE_IDS = ['edge-1', 'b-1', 'gateway', 'stranger'] as const;
const GROUPS = ['a', 'b', 'default'] as const;
type Group = (typeof GROUPS)[number];

/** Asked for in this order; the last is there for everybody, so that what comes before it must have come. */
const LAST = 'zz-last';
const SECRETS = ['nowhere', 'of-a', 'of-b', 'of-default', 'once-in-a', 'shared'] as const;
const PUBLISHED: Readonly<Record<Group, readonly string[]>> = {
  a: ['of-a', 'shared', LAST],
  b: ['of-b', 'shared', LAST],
  default: ['of-default', 'shared', LAST],
};

const METHODS = ['ADS SotW', 'ADS delta', 'SDS SotW', 'SDS delta', 'SDS Fetch'] as const;
type Method = (typeof METHODS)[number];

const keyOf = (name: string, group: string, revision: string) => `key of ${name} for ${group}, ${revision}`;

interface Claim {
  readonly nodeId: string;
  readonly group: Group;
}

/** What one peer is given under each name; undefined for the whole: refused as a peer or as that node. */
type Given = ReadonlyMap<string, string> | undefined;

let pki: PortPki;
let store: SnapshotStore;
let server: XdsServer;
let port: number;
let clients: Map<Identity, WireClient>;
const certificates = new Map<Identity, IssuedCertificate>();
const close: (() => void)[] = [];

beforeAll(async () => {
  pki = await PortPki.create();
  for (const [identity, names] of Object.entries(IDENTITIES)) certificates.set(identity, await pki.issue(names));
  store = new SnapshotStore();
  store.set(everyType('a', 'a', ['once-in-a', ...PUBLISHED.a]));
  for (const group of GROUPS) store.set(everyType(group, group, PUBLISHED[group]));
  server = new XdsServer({ store, identifier: 'countersign/test' });
  ({ port } = await server.listen('localhost:0', { tls: pki.tls, access: new AccessPolicy(RULES.before) }));
  clients = new Map([...certificates].map(([identity, issued]) => [identity, connect(issued)]));
});
afterAll(async () => {
  for (const each of close) each();
  await server.drain(0);
});

function connect(issued?: IssuedCertificate): WireClient {
  const client = pki.client(port, issued);
  close.push(() => client.close());
  return client;
}

const keyIn = (secret: EnvoyMessages[typeof SECRET]) =>
  Buffer.from((secret.tls_certificate?.private_key?.inline_bytes as Buffer | undefined) ?? '').toString();

function decoded(value: unknown): readonly [string, string] {
  const secret = decodeMessage(SECRET, value as Buffer);
  return [secret.name ?? '', keyIn(secret)];
}

/** A connection ends after a denial: what was called on it meanwhile is called again. */
async function given(client: WireClient, method: Method, claim: Claim): Promise<Given> {
  for (;;) {
    try {
      return await answered(client, method, claim);
    } catch (error) {
      if (!/GOAWAY|session|Stream refused|closed/i.test(String((error as { details?: string }).details))) throw error;
    }
  }
}

async function answered(client: WireClient, method: Method, { nodeId, group }: Claim): Promise<Given> {
  const node = { id: nodeId, cluster: 'x', metadata: { fields: { ambassador_id: { string_value: group } } } };
  const names = [...SECRETS, LAST];
  const type_url = TYPE_URLS.secrets;
  try {
    if (method === 'SDS Fetch') {
      const request = { node, type_url, resource_names: names };
      const response = await client.call<SotwResponse>(SDS, 'FetchSecrets', request);
      return new Map((response.resources ?? []).map((any) => decoded(any.value)));
    }
    const service = method.startsWith('ADS') ? ADS : SDS;
    const plural = service === ADS ? 'AggregatedResources' : 'Secrets';
    if (method.endsWith('SotW')) {
      const stream = client.stream<SotwRequest, SotwResponse>(service, `Stream${plural}`);
      stream.send({ node, type_url, resource_names: names });
      return await untilLast(stream, (response) => (response.resources ?? []).map((any) => decoded(any.value)));
    }
    const stream = client.stream<DeltaRequest, DeltaResponse>(service, `Delta${plural}`);
    stream.send({ node, type_url, resource_names_subscribe: names });
    return await untilLast(stream, (response) =>
      (response.resources ?? []).map(({ resource }) => decoded(resource?.value)),
    );
  } catch (error) {
    const { code } = error as { readonly code?: number };
    if (code === status.PERMISSION_DENIED || code === status.UNAUTHENTICATED) return undefined;
    throw error;
  }
}

async function untilLast<Response>(
  stream: WireStream<object, Response>,
  secretsIn: (response: Response) => (readonly [string, string])[],
): Promise<Given> {
  const all = new Map<string, string>();
  for (;;) {
    const ended = stream.ended.then((end) => {
      throw end;
    });
    const response = await Promise.race([stream.next().catch(() => ended), ended]);
    for (const [name, key] of secretsIn(response)) all.set(name, key);
    if (!all.has(LAST)) continue;
    stream.call.end();
    await stream.ended;
    return all;
  }
}

const sum = { cells: 0, wrong: [] as string[] };

/** Asks by every method as every identity for every node and secret; each answer about a secret is a cell. */
async function sweep(
  state: string,
  policy: keyof typeof RULES,
  revisionOf: (name: string, claim: Claim) => string = () => '1',
): Promise<void> {
  for (const [identity, client] of clients) {
    for (const method of METHODS) {
      for (const nodeId of NODE_IDS) {
        const answers = await Promise.all(
          GROUPS.map(async (group) => [group, await given(client, method, { nodeId, group })] as const),
        );
        for (const [group, answer] of answers) {
          const allowed = ALLOWED[policy](identity, nodeId, group);
          for (const name of SECRETS) {
            sum.cells += 1;
            const present = allowed && PUBLISHED[group].includes(name);
            const expected = present ? keyOf(name, group, revisionOf(name, { nodeId, group })) : undefined;
            const got = answer?.get(name);
            if (got !== expected || (answer !== undefined) !== allowed)
              sum.wrong.push(`${state}: ${method} as ${identity} for ${nodeId} of ${group}: ${name}`);
          }
        }
      }
    }
  }
}

test('nobody is given a secret that the policy does not allow its identity, by whatever method, in whatever state of the caches', async () => {
  await sweep('cold', 'before');
  await sweep('after everybody has asked', 'before');

  // A refused revision: nodes that refused it go on with the one that was accepted, and only they.
  const refusing = [
    ['edge', { nodeId: 'edge-1', group: 'a' }],
    ['sidecar', { nodeId: 'b-1', group: 'b' }],
  ] as const;
  for (const group of GROUPS) store.set(everyType(group, group, PUBLISHED[group]));
  for (const [identity, claim] of refusing) await answerOne(identity, claim, undefined);
  for (const group of GROUPS) store.set(everyType(group, group, PUBLISHED[group], '2'));
  for (const [identity, claim] of refusing) await answerOne(identity, claim, 'no');
  await sweep('after refusals', 'before', (name, { nodeId }) =>
    name === 'shared' && (nodeId === 'edge-1' || nodeId === 'b-1') ? '1' : '2',
  );

  // On connections of their own, which know nothing of what was asked before.
  for (const client of clients.values()) client.close();
  clients = new Map([...certificates].map(([identity, issued]) => [identity, connect(issued)]));
  await sweep('after everybody has reconnected', 'before', (name, { nodeId }) =>
    name === 'shared' && (nodeId === 'edge-1' || nodeId === 'b-1') ? '1' : '2',
  );

  server.useAccess(new AccessPolicy(RULES.after));
  await sweep('after the policy changed', 'after', (name, { nodeId, group }) =>
    // What `edge-1` refused in group a, other bytes under the same name in group b never were.
    name === 'shared' && nodeId === 'edge-1' && group === 'a' ? '1' : '2',
  );

  process.stdout.write(`authorisation matrix: ${sum.cells} cells, ${sum.wrong.length} wrong\n`);
  expect(sum.wrong).toEqual([]);
  expect(sum.cells).toBeGreaterThanOrEqual(10_000);
}, 240_000);

/** Takes the secret `shared` as that node and answers: accepted, or refused with a reason. */
async function answerOne(identity: Identity, { nodeId, group }: Claim, error: string | undefined): Promise<void> {
  const stream = connect(certificates.get(identity)).stream<DeltaRequest, DeltaResponse>(
    ADS,
    'DeltaAggregatedResources',
  );
  const type_url = TYPE_URLS.secrets;
  const node = { id: nodeId, cluster: 'x', metadata: { fields: { ambassador_id: { string_value: group } } } };
  stream.send({ node, type_url, resource_names_subscribe: ['shared'] });
  const { nonce = '' } = await stream.next();
  stream.send({ type_url, response_nonce: nonce, ...(error !== undefined && { error_detail: { message: error } }) });
  // Its answer shows that the one before it was read.
  stream.send({ type_url, resource_names_subscribe: [LAST] });
  for (let last = false; !last; ) {
    const response = await stream.next();
    last = response.resources?.some(({ name }) => name === LAST) === true;
  }
  stream.call.cancel();
  await stream.ended;
}

describe('clients whose certificate does not stand', () => {
  const refused = async (client: WireClient) => {
    const codes: unknown[] = [];
    for (const method of METHODS)
      codes.push(
        await given(client, method, { nodeId: 'edge-1', group: 'a' }).catch((error: { code?: number }) => error.code),
      );
    for (const [service, method] of [
      ['grpc.health.v1.Health', 'Check'],
      ['envoy.service.status.v3.ClientStatusDiscoveryService', 'FetchClientStatus'],
    ] as const)
      codes.push(await client.call<object>(service, method, {}).catch((error: { code?: number }) => error.code));
    codes.push(await client.callPath('/any.Service/Method').catch((error: { code?: number }) => error.code));
    return new Set(codes);
  };

  test('none, of another CA, expired: no method answers', async () => {
    const edge = IDENTITIES['edge'] ?? [];
    expect(await refused(connect())).toEqual(new Set([status.UNAVAILABLE]));
    expect(await refused(connect(await pki.issue(edge, pki.other)))).toEqual(new Set([status.UNAVAILABLE]));
    expect(await refused(connect(await pki.issue(edge, pki.ca, -60_000)))).toEqual(new Set([status.UNAVAILABLE]));
  });

  test('an identity without standing gets neither health nor status nor the existence of methods', async () => {
    for (const [service, method] of [
      ['grpc.health.v1.Health', 'Check'],
      ['envoy.service.status.v3.ClientStatusDiscoveryService', 'FetchClientStatus'],
    ] as const)
      await expect(connect(certificates.get('a malformed ID')).call<object>(service, method, {})).rejects.toMatchObject(
        {
          code: status.UNAUTHENTICATED,
        },
      );
  });

  test('paths that are written another way reach nothing', async () => {
    const client = clients.get('gateway');
    for (const path of [
      `//${SDS}/FetchSecrets`,
      `/${SDS}//FetchSecrets`,
      `/${SDS}/fetchsecrets`,
      `/${SDS}/FetchSecrets/`,
      `${SDS}/FetchSecrets`,
      `/${SDS}/%46etchSecrets`,
    ])
      await expect(client?.callPath(path)).rejects.toMatchObject({
        // The second where the path is none at all for HTTP/2.
        code: path.startsWith('/') ? status.UNIMPLEMENTED : status.INTERNAL,
      });
  });
});

test('Client Status shows a peer the nodes that it may be, and no others', async () => {
  server.useAccess(new AccessPolicy(RULES.before));
  const streams = [
    ['edge', 'edge-1', 'a'],
    ['sidecar', 'b-1', 'b'],
  ].map(async ([identity = '', id = '', group = '']) => {
    const stream = clients.get(identity)?.stream<DeltaRequest, DeltaResponse>(ADS, 'DeltaAggregatedResources');
    const node = { id, cluster: 'x', metadata: { fields: { ambassador_id: { string_value: group } } } };
    stream?.send({ node, type_url: TYPE_URLS.listeners });
    await stream?.next();
    return stream;
  });
  await Promise.all(streams);
  type Answer = EnvoyMessages['envoy.service.status.v3.ClientStatusResponse'];
  const seen = async (identity: Identity) => {
    const answer = await clients
      .get(identity)
      ?.call<Answer>('envoy.service.status.v3.ClientStatusDiscoveryService', 'FetchClientStatus', {});
    return answer?.config?.map(({ node }) => node?.id) ?? [];
  };
  expect(await seen('edge')).toEqual(['edge-1']);
  expect(await seen('sidecar')).toEqual(['b-1']);
  expect(await seen('of no rule')).toEqual([]);
});

test('a stream that a new policy no longer allows ends at once, and the others go on', async () => {
  server.useAccess(new AccessPolicy(RULES.before));
  const open = (identity: Identity, id: string, group: string) => {
    const stream = clients.get(identity)?.stream<DeltaRequest, DeltaResponse>(ADS, 'DeltaAggregatedResources');
    const node = { id, cluster: 'x', metadata: { fields: { ambassador_id: { string_value: group } } } };
    return stream?.send({ node, type_url: TYPE_URLS.listeners });
  };
  const edge = open('edge', 'edge-1', 'a');
  const gateway = open('gateway', 'gateway', 'a');
  await Promise.all([edge?.next(), gateway?.next()]);
  server.useAccess(new AccessPolicy(RULES.after));
  expect(await edge?.ended).toMatchObject({ code: status.PERMISSION_DENIED });
  gateway?.send({ type_url: TYPE_URLS.secrets, resource_names_subscribe: [LAST] });
  expect((await gateway?.next())?.resources).toHaveLength(1);
});
