import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../cli/support/child';
import { helmOrSkip } from '../deploy/support/helm';
import { argsOf, CHART, find, MANIFEST, objectsIn, podTemplates, ROOT, shipped } from '../deploy/support/manifest';
import { Closing } from '../support/closing';
import { eventually } from '../support/eventually';
import { ServeProcess } from '../support/serve-process';
import { Cluster } from './support/cluster';
import { Edge } from './support/edge';

// What is shipped for Kubernetes, as a real kube-apiserver takes it, with the rights that it gives and no others.

const NAMESPACE = 'countersign';
/** Of the CRDs that the cluster has; those of cert-manager and of the Prometheus operator it has not. */
const FOREIGN = /^(cert-manager\.io|monitoring\.coreos\.com)\//;

const closing = new Closing();
const objects = shipped();
let cluster: Cluster;
let folder: string;

beforeAll(async () => {
  cluster = closing.keep(await Cluster.start({ rights: false }));
  folder = mkdtempSync(join(tmpdir(), 'countersign-chart-'));
  closing.keep({ stop: () => Promise.resolve(rmSync(folder, { recursive: true })) });
  await cluster.kubectl('apply', '-f', MANIFEST);
}, 60_000);
afterAll(() => closing.close(), 60_000);

/** A kubeconfig with the rights of a ServiceAccount. */
async function as(account: string): Promise<string> {
  const token = await cluster.kubectl('create', 'token', account, '-n', NAMESPACE);
  return cluster.kubeconfigWith(token.trim(), NAMESPACE);
}

/** The files of a Secret, in a folder as a Pod would find them. */
async function files(secret: string): Promise<Readonly<Record<string, string>>> {
  const { data } = JSON.parse(await cluster.kubectl('get', 'secret', secret, '-n', NAMESPACE, '-o', 'json')) as {
    data: Record<string, string>;
  };
  return Object.fromEntries(Object.entries(data).map(([name, text]) => [name, Buffer.from(text, 'base64').toString()]));
}

async function countersign(
  ...argv: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = new Child(argv);
  const code = await child.exited();
  return { code, stdout: child.stdout, stderr: child.stderr };
}

test.each(podTemplates(objects))('%s fits into a namespace that is restricted', async (_name, { spec }) => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: NAMESPACE }, spec };
  expect(await cluster.kubectlWith(pod, 'create', '--dry-run=server', '-f', '-')).toContain('pod/a created');
});

const helm = helmOrSkip();
(helm === undefined ? describe.skip : describe)('with Helm', () => {
  test.each([
    [[]],
    [['edge.service.type=ClusterIP', 'controlPlane.strict=true', 'networkPolicy.enabled=false']],
    [['kubernetes.namespaces={default,countersign}', 'kubernetes.status=false']],
    [['certManager.enabled=true', 'serviceMonitor.enabled=true', 'prometheusRule.enabled=true']],
    [
      [
        'edge.service.ports[0].name=h3',
        'edge.service.ports[0].port=443',
        'edge.service.ports[0].targetPort=8443',
        'edge.service.ports[0].protocol=UDP',
      ],
    ],
  ])('the chart with %j is taken', async (values) => {
    const set = values.flatMap((value) => ['--set', value]);
    const args = ['template', 'other', CHART, '-n', NAMESPACE, '--kube-version', '1.31.0', ...set];
    const rendered = objectsIn(execFileSync(helm ?? '', args, { encoding: 'utf8' }));
    const items = rendered.filter(({ apiVersion }) => !FOREIGN.test(apiVersion));
    const out = await cluster.kubectlWith({ items }, 'apply', '--dry-run=server', '-o', 'name', '-f', '-');
    expect(out.trim().split('\n')).toHaveLength(items.length);
  });
});

test('the recipe of a sidecar is taken', async () => {
  const recipe = objectsIn(readFileSync(join(ROOT, 'deploy/kubernetes/sidecar.yaml'), 'utf8'));
  await cluster.kubectlWith({ items: recipe.filter(({ kind }) => kind === 'Namespace') }, 'apply', '-f', '-');
  const out = await cluster.kubectlWith({ items: recipe }, 'apply', '--dry-run=server', '-o', 'name', '-f', '-');
  expect(out.trim().split('\n')).toHaveLength(recipe.length);
  for (const [, { spec }] of podTemplates(recipe)) {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'shop' }, spec };
    expect(await cluster.kubectlWith(pod, 'create', '--dry-run=server', '-f', '-')).toContain('pod/a created');
  }
});

describe('installed', () => {
  let plane: ServeProcess;
  let edge: Edge;
  const [, ...pki] = argsOf(objects, 'CronJob', 'countersign-xds-pki');

  test('certificates are issued with the rights of the Job, which reach no other Secret', async () => {
    const kubeconfig = await as('countersign-xds-pki');
    const first = await countersign('xds-pki', ...pki, '--kubeconfig', kubeconfig);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout.match(/: issued/g)).toHaveLength(3);
    const again = await countersign('xds-pki', ...pki, '--kubeconfig', kubeconfig);
    expect(again.stdout.match(/: still good/g)).toHaveLength(3);
    const other = await countersign(
      'xds-pki',
      ...pki,
      '--client',
      'x=spiffe://countersign.local/x',
      '--kubeconfig',
      kubeconfig,
    );
    expect(other).toMatchObject({ code: 3, stderr: expect.stringContaining('forbidden') });
    await expect(cluster.kubectl('--kubeconfig', kubeconfig, 'get', 'secrets', '-A')).rejects.toThrow('forbidden');
  });

  test('the control plane serves with the rights, the certificate and the policy that it is given', async () => {
    const { data } = find(objects, 'ConfigMap', 'countersign-xds-policy') as unknown as {
      data: Record<string, string>;
    };
    const mounted = { ...(await files('countersign-xds-server')), ...data };
    for (const [name, text] of Object.entries(mounted)) writeFileSync(join(folder, name), text, { mode: 0o600 });
    const args = argsOf(objects, 'Deployment', 'countersign')
      .filter((arg) => !/^(serve|--kubernetes|--xds=.*|--admin=.*)$/.test(arg))
      .map((arg) => arg.replace(/\/etc\/countersign\/\w+/, folder).replace('$(POD_NAME)', 'countersign-1'))
      .map((arg) => arg.replace('$(POD_NAMESPACE)', NAMESPACE))
      .concat('--kubeconfig', await as('countersign'));
    await cluster.apply({
      apiVersion: 'getambassador.io/v3alpha1',
      kind: 'Mapping',
      metadata: { name: 'a', namespace: 'default' },
      spec: { hostname: '*', prefix: '/', service: 'a' },
    });
    plane = closing.keep(await ServeProcess.start('--kubernetes', { args }));
    await eventually('the control plane is ready', async () => (await plane.admin.status()).ready || undefined);
    // An API server answers "storage is (re)initializing" for a while where a CRD has just been installed.
    await eventually('nothing that it may not read', async () => {
      const { diagnostics } = await plane.admin.status();
      return !diagnostics.some(({ code }) => code === 'CS6010') || undefined;
    });
    const accepted = '{.status.conditions[?(@.type=="Accepted")].status}';
    await eventually('the Mapping says that it is accepted', async () => {
      const status = await cluster.kubectl(
        'get',
        'mappings.v3alpha1.getambassador.io',
        'a',
        '-o',
        `jsonpath=${accepted}`,
      );
      return status === 'True' || undefined;
    });
  });

  test('the edge connects by mutual TLS, and tells of itself on its port for monitoring only', async () => {
    const { data } = find(objects, 'ConfigMap', 'countersign-edge-bootstrap') as unknown as {
      data: Record<string, string>;
    };
    edge = closing.keep(
      await Edge.start({
        name: 'countersign-edge-1',
        bootstrap: data,
        certificate: await files('countersign-xds-edge'),
        xdsHost: 'countersign-xds.countersign.svc',
        xdsPort: plane.xdsPort,
      }),
    );
    await eventually('the edge is ready', async () => (await edge.status('/ready')) === 200 || undefined);
    const { nodes } = await plane.admin.status();
    expect(nodes.map(({ id, group }) => [id, group])).toEqual([['countersign-edge-1', 'default']]);
    expect(await edge.status('/stats/prometheus')).toBe(200);
    expect(await edge.status('/config_dump')).toBe(404);
    expect(await edge.status('/ready', 'POST')).toBe(404);
  });

  test('the edge is alive by its probe, and not ready once it is to be ended', async () => {
    const [envoy] = podTemplates([find(objects, 'Deployment', 'countersign-edge')]).flatMap(
      ([, { spec }]) => spec.containers,
    );
    const { livenessProbe, lifecycle } = envoy as unknown as {
      livenessProbe: { exec: { command: string[] } };
      lifecycle: { preStop: { exec: { command: string[] } } };
    };
    const inPod = ([program = '', ...args]: readonly string[]) =>
      execFileSync(
        program,
        args.map((arg) => arg.replace('/9901', `/${edge.adminPort}`).replace(/sleep \d+/, 'true')),
      );
    inPod(livenessProbe.exec.command);
    expect(await edge.status('/ready')).toBe(200);
    inPod(lifecycle.preStop.exec.command);
    expect(await edge.status('/ready')).toBe(503);
  });
});
