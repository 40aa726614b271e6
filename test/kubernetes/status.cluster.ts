import { TYPE_URLS } from '../../src/snapshot/snapshot';
import { Closing } from '../support/closing';
import { connectedEnvoy } from '../support/connected-envoy';
import { host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import { eventually } from '../support/eventually';
import { days, issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { WireClient } from '../xds/support/wire-client';
import { Cluster } from './support/cluster';

// Conditions and Events on a real kube-apiserver, written by one of three replicas with the rights that are shipped.

/** How soon another replica must have taken over, in milliseconds. */
const TAKEN_OVER_MS = 20_000;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

const closing = new Closing();
let cluster: Cluster;
const replicas: ServeProcess[] = [];

beforeAll(async () => {
  cluster = closing.keep(await Cluster.start());
  const ca = await rootCa();
  const port = await freePort();
  const pair = async (name: string, subject: string, validity = days(-1, 90)) =>
    keyPair(name, await issueLeaf(ca, { name: subject, validity }));
  await cluster.apply(
    ...[
      listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
      host('good', { hostname: 'good.test', tlsSecret: { name: 'good' } }),
      host('expiring', { hostname: 'expiring.test', tlsSecret: { name: 'expiring' } }),
      host('broken', { hostname: 'broken.test', tlsSecret: { name: 'nowhere' } }),
      tlsContext('client', { secret: 'client', ca_secret: 'ca', verify: { hostname: 'upstream.test' } }),
      mapping('good', { hostname: 'good.test', prefix: '/', service: 'https://127.0.0.1:1', tls: 'client' }),
      mapping('broken', { hostname: 'good.test', prefix: '/broken/', service: 'https://127.0.0.1:1', tls: 'nowhere' }),
      secret('ca', { 'ca.crt': ca.certificatePem }),
      await pair('good', 'good.test'),
      await pair('expiring', 'expiring.test', days(-90, 3)),
      await pair('client', 'edge'),
    ].map((object) => {
      const { metadata, ...rest } = object as { readonly metadata: object };
      return { ...rest, metadata: { namespace: 'default', ...metadata } };
    }),
  );
  for (let count = 0; count < 3; count += 1)
    replicas.push(
      closing.keep(
        await ServeProcess.start('--kubernetes', {
          args: ['--kubeconfig', cluster.limitedKubeconfig, '--strict', '--ingress-service', 'default/edge'],
        }),
      ),
    );
  for (const replica of replicas) {
    closing.keep(await connectedEnvoy(replica.xdsPort));
    await replica.admin.inStep('edge');
  }
}, 120_000);
afterAll(() => closing.close(), 60_000);

async function conditionsOf(kind: string, name: string): Promise<readonly Condition[]> {
  const text = await cluster.kubectl('get', kind, name, '-o', 'json');
  const { status } = JSON.parse(text) as { readonly status?: { readonly conditions?: readonly Condition[] } };
  return status?.conditions ?? [];
}

async function told(kind: string, name: string, type: string, status: string, reason: string): Promise<Condition> {
  return await eventually(
    `${kind} ${name}: ${type} ${status} ${reason}`,
    async () =>
      (await conditionsOf(kind, name)).find(
        (condition) => condition.type === type && condition.status === status && condition.reason === reason,
      ),
    30_000,
  );
}

const leaderOf = async () =>
  await eventually('one replica leads', () => {
    const leaders = replicas.filter(({ log }) => log.lines.some(({ msg }) => msg === 'writes statuses'));
    return Promise.resolve(leaders.at(-1));
  });

test('three replicas serve the same versions', async () => {
  const groups = await Promise.all(
    replicas.map(async ({ admin }) => {
      await eventually('it is ready', async () => (await admin.status()).ready || undefined);
      return (await admin.status()).groups;
    }),
  );
  expect(groups[1]).toEqual(groups[0]);
  expect(groups[2]).toEqual(groups[0]);
});

test('conditions say what is accepted, programmed and valid', async () => {
  await leaderOf();
  await told('mapping', 'good', 'Accepted', 'True', 'Valid');
  await told('mapping', 'good', 'Programmed', 'True', 'Acknowledged');
  await told('host', 'good', 'Programmed', 'True', 'Acknowledged');
  await told('host', 'good', 'CertificateValid', 'True', 'Valid');
  await told('tlscontext', 'client', 'CertificateValid', 'True', 'Valid');
  await told('host', 'expiring', 'CertificateValid', 'True', 'ExpiresSoon');
  const { message } = await told('mapping', 'broken', 'Accepted', 'False', 'CS3001');
  expect(message).toMatch(/^error CS3001 .*fix: /);
  await told('host', 'broken', 'Accepted', 'False', 'CS3004');
  console.log(await cluster.kubectl('get', 'hosts,mappings,tlscontexts,listeners'));
});

test('the leader tells what the Envoys of other replicas say', async () => {
  const leader = await leaderOf();
  const other = replicas.find((replica) => replica !== leader);
  const client = new WireClient(`127.0.0.1:${other?.xdsPort}`);
  const stream = client.open('DeltaAggregatedResources');
  try {
    stream.send({ node: { id: 'faulty', cluster: 'edge' }, type_url: TYPE_URLS.clusters });
    // Whatever it is sent is refused, one by one in the end.
    const refusing = (async () => {
      for (;;) {
        const { nonce = '' } = await stream.next();
        const error_detail = { code: 13, message: 'not this one' };
        stream.send({ type_url: TYPE_URLS.clusters, response_nonce: nonce, error_detail });
      }
    })().catch(() => undefined);
    const { message } = await told('mapping', 'good', 'Programmed', 'False', 'Refused');
    expect(message).toContain('by faulty');
    stream.call.cancel();
    await refusing;
    await told('mapping', 'good', 'Programmed', 'True', 'Acknowledged');
  } finally {
    client.close();
  }
});

test('what goes wrong is an Event, too', async () => {
  await cluster.apply({
    ...(mapping('later', { hostname: 'good.test', prefix: '/later/', service: 'x', tls: 'nowhere' }) as {
      metadata: object;
    }),
    metadata: { name: 'later', namespace: 'default' },
  });
  const events = await eventually('the event', async () => {
    const text = await cluster.kubectl('get', 'events', '--field-selector', 'involvedObject.name=later', '-o', 'json');
    const { items } = JSON.parse(text) as {
      readonly items: readonly { readonly reason: string; readonly type: string }[];
    };
    return items.length > 0 ? items : undefined;
  });
  expect(events).toMatchObject([{ reason: 'CS3001', type: 'Warning' }]);
});

test('an Ingress is told where the Service of the Envoys is', async () => {
  const backend = { service: { name: 'backend', port: { number: 80 } } };
  const rules = [{ host: 'ingress.test', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  const annotations = { 'kubernetes.io/ingress.class': 'ambassador' };
  const meta = (name: string) => ({ name, namespace: 'default' });
  await cluster.apply(
    { apiVersion: 'v1', kind: 'Service', metadata: meta('backend'), spec: { ports: [{ port: 80 }] } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta('edge'),
      spec: { type: 'LoadBalancer', ports: [{ port: 443 }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { ...meta('ours'), annotations },
      spec: { rules },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: meta('theirs'),
      spec: { ingressClassName: 'nginx', rules },
    },
  );
  const addresses = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } });
  await cluster.kubectl('patch', 'service', 'edge', '--subresource=status', '--type=merge', '-p', addresses);
  await cluster.kubectl(
    'wait',
    'ingress/ours',
    '--for=jsonpath={.status.loadBalancer.ingress[0].ip}=192.0.2.7',
    '--timeout=30s',
  );
  expect(await cluster.kubectl('get', 'ingress', 'theirs', '-o', 'jsonpath={.status.loadBalancer}')).toBe('{}');
});

test('a condition that does not change keeps its time, and what others write stays', async () => {
  const foreign = {
    type: 'Foreign',
    status: 'True',
    reason: 'Other',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const before = await conditionsOf('mapping', 'good');
  const all = JSON.stringify({ status: { conditions: [...before, foreign] } });
  await cluster.kubectl('patch', 'mapping', 'good', '--subresource=status', '--type=merge', '-p', all);
  await cluster.kubectl('patch', 'mapping', 'good', '--type=merge', '-p', '{"spec":{"tls":"nowhere"}}');
  await told('mapping', 'good', 'Accepted', 'False', 'CS3001');
  const after = await conditionsOf('mapping', 'good');
  expect(after).toContainEqual(foreign);
  await cluster.kubectl('patch', 'mapping', 'good', '--type=merge', '-p', '{"spec":{"tls":"client"}}');
  await told('mapping', 'good', 'Accepted', 'True', 'Valid');
  const times = async () => (await conditionsOf('host', 'good')).map(({ lastTransitionTime }) => lastTransitionTime);
  expect(await times()).toEqual(await times());
});

test('the leader is killed: another goes on within 20 s', async () => {
  const leader = await leaderOf();
  await leader.kill();
  replicas.splice(replicas.indexOf(leader), 1);
  const began = performance.now();
  await cluster.kubectl('patch', 'mapping', 'broken', '--type=merge', '-p', '{"spec":{"tls":"client"}}');
  await told('mapping', 'broken', 'Accepted', 'True', 'Valid');
  const took = performance.now() - began;
  console.log(`status goes on ${(took / 1000).toFixed(1)} s after the leader was killed`);
  expect(took).toBeLessThan(TAKEN_OVER_MS);
});
