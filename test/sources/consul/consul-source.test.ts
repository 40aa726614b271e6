import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConsulDemand } from '../../../src/model/consul-demand';
import type { Document } from '../../../src/model/document';
import { ConsulSource } from '../../../src/sources/consul/consul-source';
import type { SourceState } from '../../../src/sources/source';
import { eventually } from '../../support/eventually';
import { FakeAgent } from './support/fake-agent';

const WEB = '/v1/health/service/web';
const ROOTS = '/v1/agent/connect/ca/roots';
const LEAF = '/v1/agent/connect/ca/leaf/edge';
const KEY =
  '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIAaBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789+/aBcDeF\n-----END EC PRIVATE KEY-----\n';

const instance = (address: string, port = 80, more: object = {}) => ({
  Node: { Address: '192.0.2.99', Datacenter: 'dc1' },
  Service: { Address: address, Port: port, ...more },
});

let agent: FakeAgent;
let source: ConsulSource;
let states: SourceState[];
let demands: readonly ConsulDemand[];

beforeEach(async () => {
  agent = await FakeAgent.start();
  states = [];
  demands = [demand()];
  source = new ConsulSource({ demands: () => demands, variables: { CONSUL_HOST: '127.0.0.1' } });
  await source.start((state) => states.push(state));
});
afterEach(async () => {
  await source.stop();
  await agent.stop();
});

function demand(more: Partial<ConsulDemand> = {}): ConsulDemand {
  return {
    resolver: { namespace: 'default', name: 'dc1', labels: { team: 'a' } },
    address: agent.address,
    tags: [],
    services: [{ service: 'web', connect: false, document: { namespace: 'default', name: 'service.web.dc1' } }],
    identities: [],
    roots: [],
    ...more,
  };
}

const meshed: Partial<ConsulDemand> = {
  services: [],
  identities: [{ service: 'edge', secrets: [{ namespace: 'default', name: 'leaf' }] }],
  roots: [{ namespace: 'default', name: 'roots' }],
};

/** Waits for a state of which this is so. */
async function state(what: string, matches: (state: SourceState) => boolean): Promise<SourceState> {
  return await eventually(what, () => Promise.resolve(states.findLast(matches)));
}

function endpointsIn({ documents }: SourceState): readonly string[] {
  return documents.flatMap(({ value }) => {
    const { kind, spec } = value as { kind: string; spec?: { endpoints?: { address: string; port: number }[] } };
    return kind === 'ConsulEndpoints' ? (spec?.endpoints ?? []).map(({ address, port }) => `${address}:${port}`) : [];
  });
}

const codes = ({ diagnostics }: SourceState) => diagnostics.map(({ code }) => code);

test('nothing is asked, and nothing waited for, where nothing is needed', () => {
  demands = [];
  source.follow([]);
  expect(states).toEqual([{ documents: [], diagnostics: [], synced: true, readSeconds: expect.any(Number) }]);
  expect(agent.requests).toEqual([]);
});

test('it is not synced before the first answer; then it tells each change', async () => {
  source.follow([]);
  expect(states.map(({ synced }) => synced)).toEqual([false]);
  agent.says(WEB, { index: 5, body: [instance('192.0.2.1'), instance('', 8080, { Weights: { Passing: 3 } })] });
  const first = await state('the first answer', ({ synced }) => synced);
  expect(first.documents[0]?.value).toMatchObject({
    kind: 'ConsulEndpoints',
    metadata: { name: 'service.web.dc1', namespace: 'default', labels: { team: 'a' } },
    spec: {
      resolver: 'dc1',
      service: 'web',
      datacenter: 'dc1',
      endpoints: [
        { address: '192.0.2.1', port: 80, weight: 1 },
        { address: '192.0.2.99', port: 8080, weight: 3 },
      ],
    },
  });
  agent.says(WEB, { index: 6, body: [instance('192.0.2.2')] });
  await state('the change', (each) => endpointsIn(each).join() === '192.0.2.2:80');
  agent.says(WEB, { index: 7, body: [] });
  await state('that there is none', (each) => each.documents.length === 1 && endpointsIn(each).length === 0);
});

test('the same answer is the same document, and no news', async () => {
  agent.says(WEB, { index: 5, body: [instance('192.0.2.1')] });
  source.follow([]);
  const first = await state('the first answer', ({ synced }) => synced);
  const count = states.length;
  agent.says(WEB, { index: 6, body: [instance('192.0.2.1')] });
  agent.says('/v1/health/service/other', { body: [instance('192.0.2.7')] });
  const other = { service: 'other', connect: false, document: { namespace: 'default', name: 'service.other.dc1' } };
  demands = [demand({ services: [...demand().services, other] })];
  source.follow([]);
  const both = await state('both', ({ documents }) => documents.length === 2);
  expect(both.documents).toContain(first.documents[0]);
  expect(states.slice(count).map(({ synced }) => synced)).toEqual([false, true]);
});

test('an index that went backwards is followed, after a cut too', async () => {
  agent.says(WEB, { index: 500, body: [instance('192.0.2.1')] });
  source.follow([]);
  await state('the first answer', ({ synced }) => synced);
  agent.says(WEB, { index: 2, body: [instance('192.0.2.2')] });
  agent.cut();
  await state('the agent of nothing', (each) => endpointsIn(each).join() === '192.0.2.2:80');
  await state(
    'no trouble any longer',
    (each) => codes(each).length === 0 && endpointsIn(each).join() === '192.0.2.2:80',
  );
});

test('what was answered stays while Consul is in trouble, which is told', async () => {
  agent.says(WEB, { index: 5, body: [instance('192.0.2.1')] });
  source.follow([]);
  await state('the first answer', ({ synced }) => synced);
  for (const reply of [
    { status: 500, body: 'No path to datacenter' },
    { index: 6, body: 'not JSON' },
    { index: 7, body: { not: 'a list' } },
  ]) {
    agent.says(WEB, reply);
    agent.cut();
    const troubled = await state('the trouble', (each) => codes(each).join() === 'CS7020');
    expect(endpointsIn(troubled)).toEqual(['192.0.2.1:80']);
    agent.says(WEB, { index: 8, body: [instance('192.0.2.1')] });
    agent.cut();
    await eventually('its end', () => Promise.resolve(codes(states.at(-1) as SourceState).length === 0 || undefined));
  }
});

test('an empty list that the ACLs made says nothing', async () => {
  agent.says(WEB, { index: 5, body: [instance('192.0.2.1')] });
  source.follow([]);
  await state('the first answer', ({ synced }) => synced);
  agent.says(WEB, { index: 6, headers: { 'x-consul-results-filtered-by-acls': 'true' }, body: [] });
  const hidden = await state('the finding', (each) => codes(each).join() === 'CS7021');
  expect(endpointsIn(hidden)).toEqual(['192.0.2.1:80']);
});

test('a name is resolved; one that can’t be is left out and told', async () => {
  agent.says(WEB, { index: 5, body: [instance('localhost', 81), instance('no-such-name.invalid', 82)] });
  source.follow([]);
  const first = await state('the answer', ({ synced }) => synced);
  expect(endpointsIn(first)).toEqual([expect.stringMatching(/^(?:127\.0\.0\.1|::1):81$/)]);
  expect(codes(first)).toEqual(['CS7022']);
});

test('a certificate and all roots become Secrets; proxies wait for the trust domain', async () => {
  const proxies = { service: 'web', connect: true, document: { namespace: 'default', name: 'connect.web.dc1' } };
  demands = [demand({ ...meshed, services: [proxies] })];
  agent.says('/v1/health/connect/web', { body: [instance('192.0.2.1', 20000)] });
  agent.says(LEAF, { body: { CertPEM: 'leaf\n', PrivateKeyPEM: KEY } });
  source.follow([]);
  agent.says(ROOTS, { body: { TrustDomain: 'td.consul', Roots: [{ RootCert: 'one\n' }, { RootCert: 'two' }] } });
  const { documents } = await state('everything', ({ synced }) => synced);
  expect(documents.map(({ value }) => value)).toMatchObject([
    { kind: 'ConsulEndpoints', spec: { connect: true, trust_domain: 'td.consul' } },
    { kind: 'Secret', metadata: { name: 'leaf' }, type: 'kubernetes.io/tls' },
    { kind: 'Secret', metadata: { name: 'roots' }, data: { 'ca.crt': Buffer.from('one\ntwo\n').toString('base64') } },
  ]);
});

test('neither a token nor a private key is repeated, whatever is wrong', async () => {
  const token = '5e3b1a9e-1111-2222-3333-444444444444';
  demands = [demand({ ...meshed, token })];
  agent.says(LEAF, { status: 403, body: `token ${token} may not ${KEY}` });
  agent.says(ROOTS, { body: `{"TrustDomain": ${KEY}` });
  source.follow([]);
  const troubled = await state('both findings', (each) => codes(each).length === 2);
  const text = JSON.stringify(troubled.diagnostics);
  expect(text).not.toContain(token);
  expect(text).not.toContain('MHcCAQEEIAaBcDeF');
  agent.says(LEAF, { body: { CertPEM: 7, PrivateKeyPEM: KEY } });
  const odd = await state('another finding', (each) => JSON.stringify(each.diagnostics).includes('/CertPEM'));
  expect(JSON.stringify(odd.diagnostics)).not.toContain('MHcCAQEEIAaBcDeF');
});

test('how Consul is asked: variables, token, datacenter, namespace, tags', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-consul-'));
  writeFileSync(join(folder, 'token'), 'from-a-file\n');
  const port = agent.address.split(':')[1];
  demands = [
    demand({
      address: `\${CONSUL_HOST}:${port}`,
      token: 'ignored',
      tokenFile: join(folder, 'token'),
      datacenter: 'dc2',
      namespace: 'finance',
      tags: ['a', 'b'],
    }),
  ];
  agent.says(WEB, { body: [] });
  source.follow([]);
  await state('the answer', ({ synced }) => synced);
  const [request] = agent.requests;
  const query = new URL(request?.url ?? '', 'http://consul').searchParams;
  expect(request?.headers['x-consul-token']).toBe('from-a-file');
  expect([query.get('dc'), query.get('ns'), query.getAll('tag'), query.get('passing')]).toEqual([
    'dc2',
    'finance',
    ['a', 'b'],
    '1',
  ]);
  rmSync(folder, { recursive: true });
});

test('what is needed no longer is let go; what was known before the first answer stands until it comes', async () => {
  const known = {
    file: 'state',
    value: {
      kind: 'ConsulEndpoints',
      metadata: { name: 'service.web.dc1' },
      spec: { resolver: 'dc1', service: 'web', endpoints: [{ address: '192.0.2.5', port: 1 }] },
    },
    locate: () => ({ file: 'state', line: 1, column: 1 }),
  } as unknown as Document;
  source.follow([known]);
  expect(endpointsIn(states[0] as SourceState)).toEqual(['192.0.2.5:1']);
  agent.says(WEB, { body: [instance('192.0.2.1')] });
  await state('the answer', (each) => each.synced && endpointsIn(each).join() === '192.0.2.1:80');
  demands = [];
  source.follow([known]);
  expect(states.at(-1)).toMatchObject({ documents: [], synced: true });
});
