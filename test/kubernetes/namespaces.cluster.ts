import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { Child } from '../cli/support/child';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { host, listener, mapping } from '../support/definitions';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { Cluster } from './support/cluster';

// One namespace of a cluster, with rights there and nowhere else; and files besides.

const ROOT = join(__dirname, '../..');
const closing = new Closing();
let cluster: Cluster;

beforeAll(async () => {
  cluster = closing.keep(await Cluster.start({ rights: false }));
  for (const name of ['mine', 'theirs']) await cluster.kubectl('create', 'namespace', name);
  const [clusterRole] = parseAllDocuments(readFileSync(join(ROOT, 'deploy/kubernetes/clusterrole.yaml'), 'utf8'));
  const { rules } = parse(String(clusterRole)) as { readonly rules: readonly object[] };
  await cluster.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'reader', namespace: 'mine' },
    rules,
  });
  await cluster.kubectl('-n', 'mine', 'create', 'rolebinding', 'reader', '--role=reader', '--user=limited');
  for (const namespace of ['mine', 'theirs'])
    await cluster.apply(
      mapping('a', { hostname: 'a.test', prefix: `/${namespace}/`, service: 'x' }, { namespace }),
      host('a', { hostname: 'a.test', requestPolicy: { insecure: { action: 'Route' } } }, { namespace }),
    );
}, 60_000);
afterAll(() => closing.close(), 60_000);

async function countersign(
  ...argv: readonly string[]
): Promise<{ readonly code: number | null; readonly out: string }> {
  const child = new Child([...argv, '--kubeconfig', cluster.limitedKubeconfig]);
  const code = await child.exited();
  return { code, out: child.stdout + child.stderr };
}

test('with the rights of one namespace, it can be read alone, and the whole cluster can’t', async () => {
  const one = await countersign('validate', '--kubernetes', '--namespace', 'mine');
  expect(one.out).toMatch(/in 2 definitions/);
  expect(one.code).toBe(0);
  const all = await countersign('validate', '--kubernetes');
  expect(all.code).toBe(3);
  expect(all.out).toMatch(/can't be read: .*forbidden/);
});

test('migrate emissary reads a namespace, too', async () => {
  const { out } = await countersign('migrate', 'emissary', '--kubernetes', '--namespace', 'mine');
  expect(out).toMatch(/2 definitions: 0 need a change/);
});

test('serve joins a namespace and files', async () => {
  const port = await freePort();
  const config = closing.keep(
    await ConfigDirectory.create({
      'a.yaml': [listener(port), mapping('of-a-file', { hostname: 'a.test', prefix: '/file/', service: 'y' })],
    }),
  );
  const plane = closing.keep(
    await ServeProcess.start(config.path, {
      args: [
        '--kubernetes',
        '--namespace',
        'mine',
        '--kubeconfig',
        cluster.limitedKubeconfig,
        '--no-kubernetes-status',
      ],
    }),
  );
  await plane.log.line('it is published', ({ msg }) => msg === 'configuration published');
  const clusters = async () => (await plane.admin.status()).groups[0]?.types['clusters']?.resources;
  expect(await clusters()).toBe(2);
  await cluster.apply(mapping('b', { hostname: 'a.test', prefix: '/b/', service: 'z' }, { namespace: 'mine' }));
  await plane.log.line(
    'the new one is published',
    ({ msg, ...line }) =>
      msg === 'configuration published' && (line['resources'] as { readonly clusters: number }).clusters === 3,
  );
});
