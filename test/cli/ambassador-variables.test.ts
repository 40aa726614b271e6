import { countersign, definition, folder } from './support/command';

// The variables of Ambassador’s environment (semantics of its "Environment variables" page), and the flags that say the same.

const here = definition('Mapping', 'here', { prefix: '/', hostname: '*', service: 'here' }, { labels: { app: 'a' } });
const there = definition('Mapping', 'there', { prefix: '/', hostname: '*', service: 'there' }, { namespace: 'there' });
const other = definition('Mapping', 'other', {
  prefix: '/',
  hostname: '*',
  service: 'other',
  ambassador_id: ['other'],
});
const ingress = `---
${JSON.stringify({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'edge' }, spec: { controller: 'getambassador.io/ingress-controller' } })}
---
${JSON.stringify({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'i' }, spec: { ingressClassName: 'edge', defaultBackend: { service: { name: 'ingress', port: { number: 80 } } } } })}
`;

async function stems(flags: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const path = folder({ 'all.yaml': here + there + other + ingress });
  const { stdout, stderr, code } = await countersign(
    ['render', '--type', 'clusters', '--format', 'json', ...flags, path],
    { variables },
  );
  const { clusters = [] } = (stdout === '' ? {} : JSON.parse(stdout)) as { clusters?: { alt_stat_name: string }[] };
  return { stems: clusters.map(({ alt_stat_name }) => alt_stat_name), stderr, code };
}

const ALL = ['here_80', 'ingress_default_80', 'there_there_80'];
const sorted = (found: readonly string[]) => found.map((stem) => stem.replaceAll('.', '_')).toSorted();

test.each<[string, readonly string[], Readonly<Record<string, string>>, readonly string[], string | undefined]>([
  ['nothing', [], {}, ALL, undefined],
  ['an empty variable', [], { AMBASSADOR_SINGLE_NAMESPACE: '' }, ALL, undefined],
  ['--single-namespace', ['--single-namespace'], {}, ['here_80'], '1 of other namespaces'],
  ['AMBASSADOR_SINGLE_NAMESPACE', [], { AMBASSADOR_SINGLE_NAMESPACE: 'false' }, ['here_80'], '1 of other namespaces'],
  [
    'another install namespace',
    ['--single-namespace'],
    { AMBASSADOR_NAMESPACE: 'there' },
    ['there_80'],
    '3 of other namespaces',
  ],
  ['--label-selector', ['--label-selector', 'app in (a,b)'], {}, ['here_80'], '4 not selected by their labels'],
  [
    'AMBASSADOR_LABEL_SELECTOR',
    [],
    { AMBASSADOR_LABEL_SELECTOR: 'app=a' },
    ['here_80'],
    'not selected by their labels',
  ],
  [
    'a flag wins over a variable',
    ['--label-selector', 'app!=a'],
    { AMBASSADOR_LABEL_SELECTOR: 'app=a' },
    ['ingress_default_80', 'there_there_80'],
    '1 not selected by their labels',
  ],
  ['--field-selector', ['--field-selector', 'metadata.name=here'], {}, ['here_80'], '4 not selected by their fields'],
  [
    'AMBASSADOR_FIELD_SELECTOR',
    [],
    { AMBASSADOR_FIELD_SELECTOR: 'metadata.namespace=there' },
    ['there_there_80'],
    'not selected by their fields',
  ],
])('%s selects what is read', async (_what, flags, variables, expected, summary) => {
  const found = await stems(flags, variables);
  expect(sorted(found.stems)).toEqual(expected);
  if (summary === undefined) expect(found.stderr).not.toContain('CS1034');
  else expect(found.stderr).toContain(summary);
});

test('Secrets alone may be restricted to the install namespace', async () => {
  const secret = definition('Secret', 's', {}, { namespace: 'there' });
  const path = folder({ 'all.yaml': secret + there });
  for (const [flags, variables] of [
    [['--certs-single-namespace'], {}],
    [[], { AMBASSADOR_CERTS_SINGLE_NAMESPACE: 'yes' }],
  ] as const) {
    const { stdout } = await countersign(['validate', ...flags, path], { variables });
    expect(stdout).toContain('1 of 2 definitions is not read: 1 of other namespaces');
  }
});

test.each([
  [['--label-selector', 'app in a'], '--label-selector: "app in a" is no requirement'],
  [['--field-selector', 'status=x'], '--field-selector: "status=x" selects by none of metadata.name'],
  [['--bind-address', 'localhost'], '--bind-address: "localhost" is no IP address'],
])('%j is wrong usage', async (flags, message) => {
  expect(await stems(flags)).toMatchObject({ code: 3, stderr: expect.stringContaining(message) });
});

test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
  ['by default every IPv4 address', [], {}, '0.0.0.0'],
  ['--bind-address', ['--bind-address', '127.0.0.2'], {}, '127.0.0.2'],
  ['AMBASSADOR_ENVOY_BIND_ADDRESS', [], { AMBASSADOR_ENVOY_BIND_ADDRESS: '::' }, '::'],
])('Listeners bind: %s', async (_what, flags, variables, address) => {
  const argv = ['render', '--type', 'listeners', '--format', 'json', ...flags, folder({ 'all.yaml': here })];
  const { stdout } = await countersign(argv, { variables });
  const { listeners } = JSON.parse(stdout) as {
    listeners: { name: string; address: { socket_address: { address: string; port_value: number } } }[];
  };
  expect(listeners.map(({ name, address: bound }) => [name, bound.socket_address.address])).toEqual([
    [`tcp-${address}-8080`, address],
    [`tcp-${address}-8443`, address],
  ]);
});

test('validate checks one node group where one is named', async () => {
  const broken = definition('Mapping', 'broken', {
    prefix: '/',
    hostname: '*',
    service: 's',
    tls: 'missing',
    ambassador_id: ['other'],
  });
  const path = folder({ 'all.yaml': here + broken });
  expect((await countersign(['validate', path])).code).toBe(1);
  expect((await countersign(['validate', '--ambassador-id', 'default', path])).code).toBe(0);
  expect((await countersign(['validate', path], { variables: { AMBASSADOR_ID: 'other' } })).code).toBe(1);
});

test('bootstrap names the node group of AMBASSADOR_ID', async () => {
  const variables = { AMBASSADOR_ID: 'pay' };
  const { stdout } = await countersign(['bootstrap', '--role', 'edge'], { variables });
  expect(stdout).toContain('ambassador_id: "pay"');
  const flagged = await countersign(['bootstrap', '--role', 'edge', '--ambassador-id', 'x'], { variables });
  expect(flagged.stdout).toContain('ambassador_id: "x"');
});

test.each([
  ['AMBASSADOR_ISTIO_SECRET_DIR', { variables: { AMBASSADOR_ISTIO_SECRET_DIR: '/nowhere/istio-certs' } }, []],
  ['--istio-certs', {}, ['--istio-certs', '/nowhere/istio-certs']],
])('%s names the folder of Istio’s certificates', async (_name, environment, args) => {
  const { stdout, code } = await countersign(['validate', ...args, folder({ 'all.yaml': here })], environment);
  expect(stdout).toContain('CS7030 /nowhere/istio-certs: key.pem is not there');
  expect(code).toBe(1);
});

test.each([
  ['AMBASSADOR_ENVOY_BASE_ID', '1', 'start Envoy with --base-id 1'],
  ['AMBASSADOR_DRAIN_TIME', '600', 'start Envoy with --drain-time-s 600'],
  ['AMBASSADOR_EDS_BYPASS', 'true', 'has no effect'],
  ['AMBASSADOR_DISABLE_ENDPOINTS', 'true', 'has no effect'],
  ['DISABLE_STRICT_LABEL_SELECTORS', 'true', 'has no effect'],
  ['AMBASSADOR_FAST_RECONFIGURE', 'false', 'has no effect'],
  ['AMBASSADOR_UPDATE_MAPPING_STATUS', 'true', 'has no effect'],
])('%s=%s gets one line on standard error', async (name, value, notice) => {
  const { stderr, code } = await countersign(['validate', folder({ 'all.yaml': here })], {
    variables: { [name]: value },
  });
  expect(code).toBe(0);
  expect(stderr.split('\n').filter((line) => line.includes(name))).toEqual([expect.stringContaining(notice)]);
});
