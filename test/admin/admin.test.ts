import { request } from 'node:http';
import { AdminServer, adminApp, Metrics } from '../../src/admin';
import { diagnostic } from '../../src/diagnostics/diagnostic';
import { CATALOGUE, type Code } from '../../src/diagnostics/catalogue';
import type { NodeStatus } from '../../src/xds';
import { resource, snapshot } from '../xds/support/snapshots';

const CODE = Object.keys(CATALOGUE)[0] as Code;
const provider = (ready = true) => ({
  ready: () => ready,
  status: () => ({ version: '0.1.0', nodes: [] }),
  certificates: () => ({}),
  confirmDeletion: () => false,
});
const get = async (path: string, app = adminApp(provider(), new Metrics('0.1.0')), init?: RequestInit) => {
  const answer = await app.request(path, init);
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
};
const metricsOf = async (metrics: Metrics) => (await get('/metrics', adminApp(provider(), metrics))).body.split('\n');

test('/healthz says that the process lives, ready or not', async () => {
  expect(await get('/healthz', adminApp(provider(false), new Metrics('0.1.0')))).toMatchObject({ status: 200 });
});

test('/readyz is 503 until every source has synced', async () => {
  let ready = false;
  const app = adminApp(
    { ready: () => ready, status: () => ({}), certificates: () => ({}), confirmDeletion: () => false },
    new Metrics('0.1.0'),
  );
  expect(await get('/readyz', app)).toMatchObject({ status: 503 });
  ready = true;
  expect(await get('/readyz', app)).toMatchObject({ status: 200 });
});

test('/status is the JSON of the provider', async () => {
  const { status, type, body } = await get('/status');
  expect([status, type]).toEqual([200, 'application/json']);
  expect(JSON.parse(body)).toEqual({ version: '0.1.0', nodes: [] });
});

test('a provider that throws says nothing of why', async () => {
  const broken = {
    ready: () => true,
    status: () => {
      throw new Error('-----BEGIN PRIVATE KEY-----');
    },
    certificates: () => ({}),
    confirmDeletion: () => false,
  };
  expect(await get('/status', adminApp(broken, new Metrics('0.1.0')))).toMatchObject({
    status: 500,
    body: 'internal error\n',
  });
});

test('a deletion is confirmed by its token, and not by what a browser can be made to send', async () => {
  const confirmed: string[] = [];
  const confirmDeletion = (token: string) => token === 'abc' && confirmed.push(token) > 0;
  const app = adminApp({ ...provider(), confirmDeletion }, new Metrics('0.1.0'));
  const post = (path: string, headers = {}) => get(path, app, { method: 'POST', headers });
  expect(await post('/deletions/abc')).toMatchObject({ status: 403 });
  expect(confirmed).toEqual([]);
  expect(await post('/deletions/other', { 'x-countersign-confirm': 'yes' })).toMatchObject({ status: 404 });
  expect(await post('/deletions/abc', { 'x-countersign-confirm': 'yes' })).toMatchObject({ status: 200 });
  expect(confirmed).toEqual(['abc']);
});

test('other paths and methods are refused', async () => {
  expect(await get('/quitquitquit')).toMatchObject({ status: 404, body: expect.stringContaining('/readyz') });
  expect(await get('/status', undefined, { method: 'POST' })).toMatchObject({ status: 404 });
});

describe('/metrics', () => {
  test('tells the build and the process, and starts counters at 0', async () => {
    const lines = await metricsOf(new Metrics('0.1.0'));
    expect(lines).toContain(`countersign_build_info{version="0.1.0",node="${process.version}"} 1`);
    expect(lines).toContain('countersign_xds_acks_total{type="listeners"} 0');
    expect(lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true);
  });

  test('tells of the newest compilation only', async () => {
    const metrics = new Metrics('0.1.0');
    const one = snapshot({ clusters: [resource('a')] });
    const two = snapshot({ clusters: [resource('a'), resource('b')] });
    const certificates = () =>
      [
        {
          name: 'default/tls',
          kind: 'tls_certificate',
          notBefore: new Date('2026-10-01T00:00:00Z'),
          notAfter: new Date('2027-01-01T00:00:00Z'),
        },
      ] as const;
    metrics.compiled({
      stageSeconds: new Map([['decode', 0.02]]),
      diagnostics: [diagnostic(CODE, { message: 'x', severity: 'error' })],
      quarantined: 1,
      snapshots: [one],
      certificates,
    });
    metrics.compiled({
      stageSeconds: new Map([['decode', 0.2]]),
      diagnostics: [1, 2].map(() => diagnostic(CODE, { message: 'x', severity: 'warning' })),
      quarantined: 0,
      snapshots: [two],
      certificates: () => [],
    });
    metrics.failed();
    const lines = await metricsOf(metrics);
    expect(lines).toContain(`countersign_diagnostics{code="${CODE}",severity="warning"} 2`);
    expect(lines).toContain('countersign_quarantined_resources 0');
    expect(lines).toContain('countersign_config_resources{group="default",type="clusters"} 2');
    expect(lines).toContain(
      `countersign_config_info{group="default",type="clusters",version="${two.types.clusters.version}"} 1`,
    );
    expect(lines).toContain('countersign_stage_seconds_bucket{le="0.025",stage="decode"} 1');
    expect(lines).toContain('countersign_stage_seconds_count{stage="decode"} 2');
    expect(lines).toContain('countersign_compilations_total{result="failed"} 1');
    const text = lines.join('\n');
    expect(text).not.toContain(one.types.clusters.version);
    expect(text).not.toContain('severity="error"');
    expect(text).not.toContain('default/tls');
  });

  test('tells when a certificate ends', async () => {
    const metrics = new Metrics('0.1.0');
    metrics.compiled({
      stageSeconds: new Map(),
      diagnostics: [],
      quarantined: 0,
      snapshots: [],
      certificates: () => [
        {
          name: 'ns/"quoted"/ca',
          kind: 'validation_context',
          notBefore: new Date(0),
          notAfter: new Date(1_900_000_000_999),
        },
      ],
    });
    expect(await metricsOf(metrics)).toContain(
      'countersign_cert_not_after_seconds{name="ns/\\"quoted\\"/ca",kind="validation_context"} 1900000000',
    );
  });

  test('counts streams, responses, ACKs and NACKs', async () => {
    const metrics = new Metrics('0.1.0');
    const stream = { id: 1, protocol: 'delta', peer: '' } as const;
    const { observer } = metrics;
    observer.opened?.(stream);
    observer.opened?.({ ...stream, id: 2 });
    observer.sent?.(stream, { type: 'secrets', version: 'v', resources: 1, removed: 0, bytes: 10 });
    observer.sent?.(stream, { type: 'secrets', version: 'v', resources: 1, removed: 0, bytes: 5 });
    observer.ack?.(stream, { type: 'secrets', version: 'v' });
    observer.nack?.(stream, {
      type: 'secrets',
      version: 'v',
      reason: 'secret-key-mismatch',
      rejected: [],
      suspects: 0,
    });
    observer.closed?.(stream, 'client');
    const lines = await metricsOf(metrics);
    expect(lines).toEqual(
      expect.arrayContaining([
        'countersign_xds_streams{protocol="delta"} 1',
        'countersign_xds_stream_closes_total{reason="client"} 1',
        'countersign_xds_responses_total{type="secrets"} 2',
        'countersign_xds_resource_bytes_total{type="secrets"} 15',
        'countersign_xds_acks_total{type="secrets"} 1',
        'countersign_xds_nacks_total{type="secrets",reason="secret-key-mismatch"} 1',
      ]),
    );
  });
});

test('listens, answers, and closes', async () => {
  const server = new AdminServer(provider(), new Metrics('0.1.0'));
  const { port } = await server.listen('127.0.0.1:0');
  const answer = await new Promise<{ status: number | undefined; cache: string | undefined }>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/readyz' }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, cache: response.headers['cache-control'] });
    })
      .once('error', reject)
      .end();
  });
  expect(answer).toEqual({ status: 200, cache: 'no-store' });
  const second = new AdminServer(provider(), new Metrics('0.1.0'));
  await expect(second.listen(`127.0.0.1:${port}`)).rejects.toThrow(/EADDRINUSE/);
  await server.close();
  await expect(second.listen(`127.0.0.1:${port}`)).resolves.toEqual({ port });
  await second.close();
});

test('what Envoys have not taken up is counted by type when it is asked for', async () => {
  const metrics = new Metrics('0.1.0');
  const type = {
    sentVersion: 'b',
    acceptedVersion: 'a',
    subscribed: 1,
    settled: true,
    parked: [],
    reasons: {},
  } as const;
  const streams = [
    { protocol: 'delta', types: { secrets: { ...type, settled: false }, clusters: type } },
    { protocol: 'delta', types: { secrets: { ...type, parked: ['ns/a', 'ns/b'] } } },
  ] as const;
  let nodes: readonly NodeStatus[] = [];
  metrics.watchXds(() => ({ nodes }));
  expect(await metricsOf(metrics)).toContain('countersign_xds_unsettled_streams{type="secrets"} 0');
  nodes = [{ id: 'edge', cluster: 'edge', group: 'default', envoyVersion: '1.40.0', streams }];
  const lines = await metricsOf(metrics);
  expect(lines).toContain('countersign_xds_unsettled_streams{type="secrets"} 1');
  expect(lines).toContain('countersign_xds_unsettled_streams{type="clusters"} 0');
  expect(lines).toContain('countersign_xds_parked_resources{type="secrets"} 2');
});
