import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import type { CertificateAuthority } from '../../src/cli/demo/pki';
import { Api } from '../../src/sources/kubernetes/api';
import { apiAccess } from '../../src/sources/kubernetes/kube-config';
import { pathOf, SECRETS } from '../../src/sources/kubernetes/resource';
import { Cluster } from '../../test/kubernetes/support/cluster';
import { Envoy } from '../../test/support/envoy';
import { rootCa } from '../../test/support/issuance';
import { Load } from '../../test/support/load';
import { freePort } from '../../test/support/port';
import { Upstream } from '../../test/support/upstream';
import { create, objectsOf, pairOf } from './objects';
import { Replica } from './replica';

// `npm run bench:kubernetes`: against a real kube-apiserver with etcd, under RBAC with the ClusterRole that is shipped, and a real Envoy.

const ROOT = join(__dirname, '../..');
const MAPPINGS = Number(process.env['MAPPINGS'] ?? 10_000);
const SECRETS_COUNT = Number(process.env['SECRETS'] ?? 2_000);
const CHANGES = Number(process.env['CHANGES'] ?? 100);
const REPLICAS = 3;
const PATIENCE_MS = 120_000;
/** Requests between two steps. */
const PROOF = 50;

interface Row {
  readonly what: string;
  readonly measured: number;
  readonly goal: number;
  readonly unit: string;
}

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  process.env['COUNTERSIGN_SERVERS'] ??= join(ROOT, '../shared/servers');
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' });
  const cluster = await Cluster.start();
  const upstream = await Upstream.start({ keepAlive: false });
  try {
    const api = new Api(await apiAccess({ file: cluster.kubeconfig }));
    const ca = await rootCa();
    const port = await freePort();
    const objects = await objectsOf(ca, { mappings: MAPPINGS, secrets: SECRETS_COUNT, port, upstream: upstream.port });
    const began = performance.now();
    await create(api, objects);
    print(`${objects.length} objects created in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    const rows = await measure(cluster, api, ca, port);
    print(`\nNode ${process.version}, ${cpus().length} cores; ${MAPPINGS} Mappings, ${SECRETS_COUNT} Secrets\n`);
    for (const { what, measured, goal, unit } of rows)
      print(
        `${what.padEnd(72)}${`${Math.round(measured)} ${unit}`.padStart(12)}${`≤ ${goal} ${unit}`.padStart(12)}  ${measured <= goal ? 'held' : 'MISSED'}`,
      );
  } finally {
    await upstream.stop();
    await cluster.stop();
  }
}

async function measure(cluster: Cluster, api: Api, ca: CertificateAuthority, port: number): Promise<readonly Row[]> {
  const replicas: Replica[] = [await Replica.start(cluster.limitedKubeconfig)];
  const [first] = replicas;
  if (first === undefined) throw new Error('no replica');
  const resident = first.residentMegabytes();
  while (replicas.length < REPLICAS) replicas.push(await Replica.start(cluster.limitedKubeconfig));
  const envoy = await Envoy.start(bootstrap(replicas.map(({ xdsPort }) => xdsPort)));
  try {
    await envoy.admin.listening(port);
    const serving = await Promise.any(
      replicas.map(async (replica) => {
        await replica.log.line('it accepts', isAccepted('secrets'), PATIENCE_MS);
        return replica;
      }),
    );
    const changes = await rotations(api, ca, serving);
    const load = Load.start({ port, path: '/load/' }, 2);
    await load.outcomes(PROOF);
    let sentAgain = 0;
    for (const [index, old] of replicas.entries()) {
      await old.stop();
      const next = await Replica.start(cluster.limitedKubeconfig, old.xdsPort);
      replicas[index] = next;
      await load.outcomes(PROOF);
    }
    await Promise.any(replicas.map(async ({ admin }) => await admin.inStep('edge')));
    for (const { admin } of replicas) sentAgain += await admin.metric('countersign_xds_resource_bytes_total');
    const { ok, failed } = await load.stop();
    print(`${ok} requests while ${REPLICAS} replicas were restarted, ${failed} failed`);
    return [
      { what: 'start to serving', measured: first.startMs, goal: 10_000, unit: 'ms' },
      { what: 'resident memory after the start', measured: resident, goal: 700, unit: 'MB' },
      {
        what: `one Secret changed, to Envoy’s acknowledgement: p99 of ${CHANGES}`,
        measured: changes,
        goal: 1000,
        unit: 'ms',
      },
      { what: 'requests that failed while three replicas were restarted', measured: failed, goal: 0, unit: '' },
      { what: 'bytes of resources sent again by the restarted replicas', measured: sentAgain, goal: 0, unit: 'B' },
    ];
  } finally {
    await envoy.stop();
    await Promise.all(replicas.map((replica) => replica.stop()));
  }
}

/** Milliseconds from the request to the API to the acknowledgement of a real Envoy: the 99th percentile. */
async function rotations(api: Api, ca: CertificateAuthority, replica: Replica): Promise<number> {
  const times: number[] = [];
  for (let change = 0; change < CHANGES; change += 1) {
    const { object } = await pairOf(ca, (change * 17) % SECRETS_COUNT);
    const { stringData } = object as { readonly stringData: object };
    const name = `pair-${(change * 17) % SECRETS_COUNT}`;
    const before = replica.log.lines.length;
    const began = performance.now();
    await api.json({
      method: 'PATCH',
      path: `${pathOf(SECRETS, 'default')}/${name}`,
      contentType: 'application/merge-patch+json',
      body: { stringData },
    });
    await replica.log.line(
      'Envoy accepts it',
      (line) => isAccepted('secrets')(line) && replica.log.lines.indexOf(line) >= before,
      PATIENCE_MS,
    );
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  print(`a change of one Secret: median ${Math.round(times[Math.floor(times.length / 2)] ?? 0)} ms`);
  return times[Math.min(times.length - 1, Math.floor(times.length * 0.99))] ?? 0;
}

function isAccepted(type: string) {
  return ({ msg, ...line }: { readonly msg: string; readonly [field: string]: unknown }) =>
    msg === 'configuration accepted' && line['type'] === type;
}

interface Endpoints {
  readonly lb_endpoints: { readonly endpoint: { readonly address: object } }[];
}

/** Of an Envoy that knows every replica. */
function bootstrap(ports: readonly number[]): object {
  const document = bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port: ports[0] ?? 0 } });
  const { clusters } = document['static_resources'] as unknown as {
    clusters: readonly { load_assignment: { endpoints: Endpoints[] } }[];
  };
  const [locality] = clusters[0]?.load_assignment.endpoints ?? [];
  for (const port of ports.slice(1))
    locality?.lb_endpoints.push({
      endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } },
    });
  return document;
}

void main();
