import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';
import { Metrics } from '../../src/admin';
import { readAccessPolicy } from '../../src/authorization';
import { CATALOGUE } from '../../src/diagnostics/catalogue';
import { RESOURCES, SECRETS } from '../../src/sources/kubernetes/resource';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { countersign, folder } from '../cli/support/command';
import { keyPair, secret } from '../support/definitions';
import { validate } from '../support/envoy';
import { issueLeaf, rootCa } from '../support/issuance';
import { argsOf, CHART, find, podTemplates, ROOT, type Rule, shipped } from './support/manifest';

// What is shipped for Kubernetes, held against the program that it runs.

const objects = shipped();
const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test('the chart has the version of the package, and Envoy the version that is tested', () => {
  const { version } = JSON.parse(text('package.json')) as { version: string };
  expect(parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8'))).toMatchObject({ version, appVersion: version });
  const [, envoy] = /image: (envoyproxy\/envoy:v[\d.]+)/.exec(text('docker-compose.yml')) ?? [];
  const images = podTemplates(objects).flatMap(([, { spec }]) => spec.containers.map(({ image }) => image));
  expect(new Set(images)).toEqual(new Set([`countersign:${version}`, envoy]));
});

test('the values are what their schema takes', () => {
  const check = new Ajv({ strict: false }).compile(
    JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')) as object,
  );
  check(parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')));
  expect(check.errors).toBeNull();
});

test.each([
  ['serve', 'Deployment', 'countersign'],
  ['xds-pki', 'CronJob', 'countersign-xds-pki'],
])('countersign %s knows the options that it is given', async (command, kind, name) => {
  const [given, ...options] = argsOf(objects, kind, name);
  expect(given).toBe(command);
  const { stdout } = await countersign([command, '--help']);
  const known = [...stdout.matchAll(/^ +(--[\w-]+)/gm)].map(([, option]) => option);
  for (const option of options) expect(known).toContain(option.replace(/=.*/, ''));
});

test('the control plane may read exactly the kinds that it reads', () => {
  const { rules } = find(objects, 'ClusterRole', 'countersign-countersign') as unknown as { rules: Rule[] };
  const reading = rules.filter(({ verbs }) => verbs.includes('list'));
  const granted = reading.flatMap(({ apiGroups: [group = ''], resources, verbs }) => {
    expect(verbs).toEqual(['get', 'list', 'watch']);
    return resources.map((plural) => `${group}/${plural}`);
  });
  const read = [...RESOURCES, SECRETS].map(({ apiVersion, plural }) => `${groupOf(apiVersion)}/${plural}`);
  expect(granted.toSorted()).toEqual(read.toSorted());
});

test('the ClusterRole for a control plane that is not installed by the chart allows the same', () => {
  const allowed = (rules: readonly Rule[]) =>
    rules
      .flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) => resources.flatMap((plural) => verbs.map((verb) => `${verb} ${group}/${plural}`))),
      )
      .toSorted();
  const plain = parseAllDocuments(text('deploy/kubernetes/clusterrole.yaml')).map(
    (document) => document.toJS() as { readonly kind: string; readonly rules: Rule[] },
  );
  for (const kind of ['ClusterRole', 'Role']) {
    const own = plain.filter((object) => object.kind === kind).flatMap(({ rules }) => rules);
    const shippedRules = objects
      .filter((object) => object.kind === kind && object.metadata.name !== 'countersign-xds-pki')
      .flatMap(({ rules }) => rules as Rule[]);
    expect([kind, allowed(own)]).toEqual([kind, allowed(shippedRules)]);
  }
});

test('and write nothing but statuses, Events, a Lease and a ConfigMap in its own namespace', () => {
  const roles = objects.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
  const writing = roles
    .filter(({ metadata: { name } }) => name !== 'countersign-xds-pki')
    .flatMap(({ kind, rules }) => (rules as Rule[]).map((rule) => ({ kind, ...rule })))
    .filter(({ verbs }) => !verbs.includes('list'));
  const statuses = RESOURCES.filter(({ hasStatus, kind }) => hasStatus && kind !== 'Service');
  const custom = statuses.filter(({ apiVersion }) => groupOf(apiVersion) === 'getambassador.io');
  expect(statuses).toHaveLength(custom.length + 1);
  expect(writing.map(({ kind, resources, verbs }) => [kind, resources, verbs])).toEqual([
    ['ClusterRole', custom.map(({ plural }) => `${plural}/status`).toSorted(), ['patch']],
    ['ClusterRole', ['ingresses/status'], ['patch']],
    ['ClusterRole', ['events'], ['create', 'patch']],
    ['Role', ['leases'], ['create']],
    ['Role', ['leases'], ['get', 'update']],
    ['Role', ['configmaps'], ['create']],
    ['Role', ['configmaps'], ['get', 'patch']],
  ]);
});

test.each(podTemplates(objects))('%s is confined', (_name, { spec }) => {
  expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  for (const container of spec.containers) {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources).toMatchObject({ requests: { cpu: expect.any(String) as string }, limits: {} });
  }
});

test('the access policy lets the edge be the edge, and nobody else anything', () => {
  const { data } = find(objects, 'ConfigMap', 'countersign-xds-policy') as unknown as { data: Record<string, string> };
  const [document] = readDocuments('xds-policy.yaml', Buffer.from(data['xds-policy.yaml'] ?? '')).documents;
  const { policy, diagnostics } = readAccessPolicy(document as NonNullable<typeof document>);
  expect(diagnostics).toEqual([]);
  const edge = { spiffeId: 'spiffe://countersign.local/edge', dnsNames: [] };
  expect(policy?.groups(edge, 'countersign-edge-5d4f-x')?.has('default')).toBe(true);
  expect(policy?.groups(edge, 'countersign-edge-5d4f-x')?.has('other')).toBe(false);
  expect(policy?.groups(edge, 'pay-1')).toBeUndefined();
  expect(policy?.groups({ ...edge, spiffeId: 'spiffe://countersign.local/pay' }, 'countersign-edge-1')).toBeUndefined();
});

test('Envoy takes the bootstrap of the edge', async () => {
  const { data } = find(objects, 'ConfigMap', 'countersign-edge-bootstrap') as unknown as {
    data: Record<string, string>;
  };
  const path = folder(data);
  const bootstrap = (data['envoy.yaml'] ?? '').replaceAll('/etc/envoy/bootstrap', path);
  expect(bootstrap).not.toMatch(/placeholder|invalid/);
  expect(await validate(parse(bootstrap) as object, path)).toEqual({ ok: true, output: expect.any(String) });
});

test('the recipe of a sidecar is sound, by the strictest rules, once the Secrets that it names are there', async () => {
  const ca = await rootCa();
  const secrets = [
    keyPair('pay-server', await issueLeaf(ca, { name: 'pay.shop' }), { namespace: 'shop' }),
    keyPair('pay-client', await issueLeaf(ca, { name: 'edge', usages: ['client'] }), { namespace: 'shop' }),
    secret('mesh-ca', { 'ca.crt': ca.certificatePem }, 'shop'),
  ];
  const path = folder({ 'secrets.yaml': secrets.map((each) => JSON.stringify(each)).join('\n---\n') });
  const args = ['validate', '--strict', join(ROOT, 'deploy/kubernetes/sidecar.yaml'), path];
  const { code, stdout } = await countersign(args, { now: new Date().toISOString() });
  expect(stdout).toContain('0 errors, 0 warnings');
  expect(code).toBe(0);
});

test('alerts use metrics and codes that there are', async () => {
  const rules = readFileSync(join(CHART, 'templates/prometheusrule.yaml'), 'utf8');
  const metrics = new Metrics('0.0.0');
  metrics.watchXds(() => ({ nodes: [] }));
  const known = (await metrics.registry.getMetricsAsJSON()).map(({ name }) => name);
  const used = [...new Set([...rules.matchAll(/countersign_\w+/g)].map(([name]) => name))];
  expect(used.length).toBeGreaterThan(8);
  for (const name of used) expect(known).toContain(name);
  const codes = [...rules.matchAll(/CS\d{4}/g)].map(([code]) => code);
  for (const code of codes) expect(Object.keys(CATALOGUE)).toContain(code);
});

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
