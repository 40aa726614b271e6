import { join } from 'node:path';
import { CUSTOM_KINDS, GROUP, pluralOf } from '../../src/model/crd/custom-kinds';
import { decode } from '../../src/model/decode';
import { Child } from '../cli/support/child';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { fixtureDocuments } from '../support/fixture-documents';
import { Cluster } from './support/cluster';
import { emissaryCrds } from './support/emissary-crds';

// The CRDs that are shipped, as a real kube-apiserver takes them.

const CRDS = join(__dirname, '../../deploy/crds');
const KINDS = Object.keys(CUSTOM_KINDS);
const nameOf = (kind: string): string => `${pluralOf(kind)}.${GROUP}`;

const closing = new Closing();
let cluster: Cluster;

/** Gives the tests of a block a cluster of their own, without CRDs. */
function inACluster(): void {
  beforeAll(async () => {
    cluster = closing.keep(await Cluster.start({ crds: false, rights: false }));
  }, 60_000);
  afterAll(() => closing.close(), 60_000);
}

function definition(version: string, kind: string, name: string, spec: object): object {
  return { apiVersion: `${GROUP}/${version}`, kind, metadata: { name, namespace: 'default' }, spec };
}

interface CustomResourceDefinition {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly conversion: object; readonly versions: readonly { readonly name: string }[] };
  readonly status: {
    readonly conditions: readonly { readonly type: string; readonly status: string; readonly message: string }[];
    readonly storedVersions: readonly string[];
  };
}

async function installed(): Promise<readonly CustomResourceDefinition[]> {
  const list = JSON.parse(await cluster.kubectl('get', 'crd', '-o', 'json')) as { items: CustomResourceDefinition[] };
  return list.items;
}

async function countersign(...argv: readonly string[]): Promise<string> {
  const child = new Child(argv);
  expect([await child.exited(), child.stderr]).toEqual([0, child.stderr]);
  return child.stdout;
}

describe.each([
  ['apply', ['apply'], ['apply']],
  ['create', ['create'], ['apply']],
  ['apply --server-side', ['apply', '--server-side', '--field-manager=another'], ['apply']],
  ['apply --server-side, and ours so too', ['apply', '--server-side'], ['apply', '--server-side', '--force-conflicts']],
])('over the CRDs of Emissary, which were installed by kubectl %s', (_how, theirs, ours) => {
  inACluster();

  test('they apply, and nothing is left of its webhook', async () => {
    await cluster.kubectlWith({ items: emissaryCrds({ webhook: true }) }, ...theirs, '-f', '-');
    await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all');
    await cluster.kubectl(...ours, '-f', CRDS);
    const crds = await installed();
    expect(crds.map(({ metadata }) => metadata.name)).toEqual(KINDS.map(nameOf).toSorted());
    for (const { spec, status } of crds) {
      expect(spec.conversion).toEqual({ strategy: 'None' });
      expect(status.storedVersions).toEqual(['v2', 'v3alpha1']);
    }
  });
});

test('those of Emissary apply over ours, for the way back', async () => {
  const own = await Cluster.start({ rights: false });
  try {
    await own.apply(definition('v3alpha1', 'Mapping', 'a', { hostname: '*', prefix: '/', service: 'a' }));
    await own.apply(...emissaryCrds({ webhook: false }));
    expect(await own.kubectl('get', `mappings.v3alpha1.${GROUP}`, 'a', '-o', 'jsonpath={.spec.service}')).toBe('a');
  } finally {
    await own.stop();
  }
});

describe('objects that Emissary stored as v2', () => {
  const v2 = [
    definition('v2', 'Mapping', 'old', {
      ambassador_id: 'default',
      host: 'old.example',
      prefix: '/old/',
      service: 'old',
      tls: true,
      headers: { 'x-there': true },
    }),
    definition('v2', 'Host', 'old', { hostname: 'old.example', requestPolicy: { insecure: { action: 'Route' } } }),
    definition('v3alpha1', 'Listener', 'http', {
      port: 8080,
      protocol: 'HTTP',
      securityModel: 'INSECURE',
      hostBinding: { namespace: { from: 'ALL' } },
    }),
  ];
  inACluster();

  test('are known as such once the CRDs are replaced, and mean what they meant', async () => {
    const directory = closing.keep(await ConfigDirectory.create({ 'v2.yaml': v2 }));
    await cluster.kubectlWith({ items: emissaryCrds({ webhook: false }) }, 'apply', '-f', '-');
    await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all');
    await cluster.kubectl('apply', '-f', directory.path);
    await cluster.installCrds();
    const rendered = () => countersign('render', '--kubernetes', '--kubeconfig', cluster.kubeconfig);
    expect(await rendered()).toBe(await countersign('render', directory.path));
    // As a control plane reports on them, which stores them anew.
    const status = { conditions: [], state: 'Emissary wrote this' };
    await cluster.kubectl(
      ...['patch', `mappings.v3alpha1.${GROUP}`, 'old', '--subresource=status', '--type=merge'],
      ...['-p', JSON.stringify({ status })],
    );
    expect(await rendered()).toBe(await countersign('render', directory.path));
  });
});

describe('by themselves', () => {
  inACluster();
  beforeAll(() => cluster.installCrds());

  test('every schema is structural, and every name is free', async () => {
    for (const { metadata, status } of await installed()) {
      const wrong = status.conditions.filter(
        ({ type, status: is }) => type === 'NonStructuralSchema' || (is !== 'True' && type !== 'Terminating'),
      );
      expect([metadata.name, wrong]).toEqual([metadata.name, []]);
    }
  });

  test('take every definition of the fixtures that is sound by itself', async () => {
    const documents = [...(await fixtureDocuments()).values()].flat().filter((document) => {
      const { apiVersion } = document.value as { apiVersion?: unknown };
      if (apiVersion !== `${GROUP}/v3alpha1`) return false;
      const { definition, diagnostics } = decode(document);
      return definition !== undefined && !diagnostics.some(({ severity }) => severity === 'error');
    });
    const items = documents.map(({ value }) => value as { kind: string; metadata: { namespace?: string } });
    expect(new Set(items.map(({ kind }) => kind)).size).toBeGreaterThan(10);
    const namespaces = new Set(items.flatMap(({ metadata: { namespace } }) => namespace ?? []));
    namespaces.delete('default');
    await cluster.apply(
      ...[...namespaces].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    );
    const out = await cluster.kubectlWith({ items }, 'create', '--dry-run=server', '-o', 'name', '-f', '-');
    expect(out.trim().split('\n')).toHaveLength(items.length);
  });

  test.each([
    ['Mapping', { hostname: '*', prefix: 7, service: 'a' }, 'spec.prefix'],
    ['Mapping', { hostname: '*', prefix: '/' }, 'spec.service: Required'],
    ['Listener', { protocol: 'HTTP', port: 0, securityModel: 'XFP', hostBinding: {} }, 'spec.port'],
    ['Listener', { port: 1, securityModel: 'XFP', hostBinding: {} }, 'spec.protocol: Required'],
    ['TLSContext', { min_tls_version: 'v9' }, 'spec.min_tls_version'],
    ['ConsulResolver', { address: [] }, 'spec.address'],
  ])('%s %j is refused', async (kind, spec, message) => {
    const object = definition('v3alpha1', kind, 'wrong', spec);
    await expect(cluster.kubectlWith(object, 'create', '--dry-run=server', '-f', '-')).rejects.toThrow(message);
  });

  test('a field that is misspelt is kept, for validate to tell of', async () => {
    const spec = { hostname: '*', prefix: '/', service: 'a', cors: { orgins: ['*'] }, timout_ms: 1 };
    await cluster.apply(definition('v3alpha1', 'Mapping', 'misspelt', spec));
    const object = await cluster.kubectl('get', `mappings.v3alpha1.${GROUP}`, 'misspelt', '-o', 'jsonpath={.spec}');
    expect(JSON.parse(object)).toMatchObject({ timout_ms: 1, cors: { orgins: ['*'] } });
  });

  test('kubectl get shows what matters', async () => {
    const table = await cluster.kubectl('get', `mappings.v3alpha1.${GROUP}`, 'misspelt');
    expect(table).toMatch(/NAME +SOURCE HOST +SOURCE PREFIX +DEST SERVICE +ACCEPTED +PROGRAMMED +AGE/);
  });
});
