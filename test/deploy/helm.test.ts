import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helmOrSkip } from './support/helm';
import {
  CHART,
  find,
  type KubernetesObject,
  MANIFEST,
  objectsIn,
  podTemplates,
  ROOT,
  type Rule,
} from './support/manifest';

// The chart, by Helm itself: `node scripts/helm.mjs` builds it where there is none.

const helm = helmOrSkip();
const describeWithHelm = helm === undefined ? describe.skip : describe;

function template(...args: readonly string[]): readonly KubernetesObject[] {
  const all = ['template', 'test', CHART, '-n', 'mesh', '--kube-version', '1.31.0', ...args];
  return objectsIn(execFileSync(helm ?? '', all, { encoding: 'utf8', stdio: 'pipe' }));
}

const kindsOf = (objects: readonly KubernetesObject[]): ReadonlySet<string> => new Set(objects.map(({ kind }) => kind));

describeWithHelm('the chart', () => {
  test('has nothing to lint', () => {
    const output = execFileSync(helm ?? '', ['lint', '--strict', CHART], { encoding: 'utf8' });
    expect(output).toContain('0 chart(s) failed');
  });

  test('is what deploy/kubernetes/countersign.yaml was rendered from by `npm run manifests`', () => {
    const script =
      "import('./scripts/render-manifests.mjs').then((own) => process.stdout.write(own.renderManifest(process.argv[1])))";
    const text = execFileSync(process.execPath, ['-e', script, helm ?? ''], { cwd: ROOT, encoding: 'utf8' });
    expect(text).toBe(readFileSync(MANIFEST, 'utf8'));
  });

  test('reads single namespaces without rights on the cluster', () => {
    const objects = template('--set', 'kubernetes.namespaces={a,b}', '--set', 'kubernetes.status=false');
    expect(kindsOf(objects)).not.toContain('ClusterRole');
    expect(kindsOf(objects)).not.toContain('ClusterRoleBinding');
    const roles = objects.filter(({ kind, metadata }) => kind === 'Role' && metadata.name.endsWith('-reader'));
    expect(roles.map(({ metadata }) => metadata.namespace)).toEqual(['a', 'b']);
    for (const { rules } of roles)
      for (const { verbs, resources } of rules as Rule[]) {
        expect(verbs).toEqual(['get', 'list', 'watch']);
        expect(resources).not.toContain('ingressclasses');
      }
    const [, serve] = podTemplates([find(objects, 'Deployment', 'test-countersign')])[0] ?? [];
    expect(serve?.spec.containers[0]?.args).toEqual(
      expect.arrayContaining(['--namespace=a', '--namespace=b', '--no-kubernetes-status']),
    );
  });

  test('may read Pods, and gives Envoy the socket of an SDS server, only where that is wanted', () => {
    const mayReadPods = (objects: readonly KubernetesObject[]) =>
      objects.some(
        ({ kind, rules }) =>
          kind === 'ClusterRole' && (rules as Rule[]).some(({ resources }) => resources.includes('pods')),
      );
    expect(mayReadPods(template())).toBe(false);
    const volumes = '[{"name":"spire","csi":{"driver":"csi.spiffe.io","readOnly":true}}]';
    const mounts = '[{"name":"spire","mountPath":"/run/spire/agent-sockets","readOnly":true}]';
    const sets = [`edge.extraVolumes=${volumes}`, `edge.extraVolumeMounts=${mounts}`, 'kubernetes.pods=true'];
    const objects = template(...sets.flatMap((set) => ['--set-json', set]));
    expect(mayReadPods(objects)).toBe(true);
    const edge = find(objects, 'Deployment', 'test-countersign-edge');
    expect(JSON.stringify(edge)).toContain('"csi":{"driver":"csi.spiffe.io"');
    expect(JSON.stringify(edge)).toContain('"mountPath":"/run/spire/agent-sockets"');
  });

  test('leaves the certificates to cert-manager, with names that the policy knows', () => {
    const clients = '[{"name":"pay","nodeIds":["pay-*"],"groups":["pay"]}]';
    const objects = template('--set', 'certManager.enabled=true', '--set-json', `xds.clients=${clients}`);
    expect(kindsOf(objects)).not.toContain('Job');
    expect(kindsOf(objects)).not.toContain('CronJob');
    const { spec } = find(objects, 'Certificate', 'test-countersign-xds-pay');
    expect(spec).toMatchObject({ uris: ['spiffe://countersign.local/pay'], secretName: 'test-countersign-xds-pay' });
    const server = find(objects, 'Certificate', 'test-countersign-xds-server')['spec'];
    expect(server).toMatchObject({
      dnsNames: ['test-countersign-xds.mesh.svc'],
      usages: ['digital signature', 'server auth'],
    });
    const { data } = find(objects, 'ConfigMap', 'test-countersign-xds-policy') as unknown as {
      data: Record<string, string>;
    };
    expect(data['xds-policy.yaml']).toContain('spiffe://countersign.local/pay');
  });

  test('takes an issuer of yours, and then has none of its own', () => {
    const objects = template(
      ...['--set', 'certManager.enabled=true'],
      ...['--set', 'certManager.issuerRef.name=xds', '--set', 'certManager.issuerRef.kind=ClusterIssuer'],
    );
    expect(kindsOf(objects)).not.toContain('Issuer');
    const { spec } = find(objects, 'Certificate', 'test-countersign-xds-edge');
    expect(spec).toMatchObject({ issuerRef: { name: 'xds', kind: 'ClusterIssuer' } });
  });

  test('has monitoring for the Prometheus operator', () => {
    const kinds = kindsOf(template('--set', 'serviceMonitor.enabled=true', '--set', 'prometheusRule.enabled=true'));
    for (const kind of ['ServiceMonitor', 'PodMonitor', 'PrometheusRule']) expect(kinds).toContain(kind);
  });

  test.each([
    ['edg.enabled=true', /edg/],
    ['edge.service.ports[0].targetPort=80', /targetPort/],
    ['edge.enabled=false', /must name an Envoy/],
  ])('refuses %s', (value, message) => {
    expect(() => template('--set', value)).toThrow(message);
  });

  test('becomes a package for a registry', () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-chart-'));
    const out = execFileSync(helm ?? '', ['package', CHART, '-d', folder], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(out).toMatch(/countersign-[\d.]+\.tgz/);
  });
});
