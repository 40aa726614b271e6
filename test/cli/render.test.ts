import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { BROKEN, CLEAN, EXAMPLE, FIXTURES, UPSTREAM_CERTS, countersign, definition, folder } from './support/command';

type Resources = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

const example = folder({ 'example.yaml': EXAMPLE });
const input = [example, UPSTREAM_CERTS];
const keyLines = (readFileSync(join(FIXTURES, 'pki/client-ec.key'), 'utf8').match(/^[A-Za-z0-9+/=]+$/gm) ?? []).join(
  '',
);

async function json(...argv: readonly string[]): Promise<Resources> {
  const { stdout } = await countersign(['render', '--format', 'json', ...argv]);
  return JSON.parse(stdout) as Resources;
}

test('prints each type of resource, in proto-JSON with @type, the same in YAML and JSON', async () => {
  const resources = await json(...input);
  expect(Object.keys(resources)).toEqual(['listeners', 'routes', 'clusters', 'endpoints', 'secrets']);
  expect(resources['clusters']?.[0]).toMatchObject({
    '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
    name: expect.stringMatching(/^upstream-service_443_upstream-context_[0-9a-f]{8}$/),
  });
  expect(resources['secrets']?.map(({ name }) => name)).toEqual([
    'default/upstream-certs',
    'default/upstream-certs/ca',
  ]);
  const { stdout } = await countersign(['render', ...input]);
  expect(parse(stdout)).toEqual(resources);
});

test('--type picks types, and prints them from the door inwards whatever their order', async () => {
  expect(Object.keys(await json('--type', 'secrets,listeners', ...input))).toEqual(['listeners', 'secrets']);
  expect(Object.keys(await json('--type', ' routes , clusters', ...input))).toEqual(['routes', 'clusters']);
});

test('the same definitions give the same output, whatever files, order, environment and, while certificates are valid, time', async () => {
  const split = folder({
    '1.yaml': definition('Mapping', 'b', { hostname: '*', prefix: '/b', service: 'b' }),
    '2/2.yaml': definition('Mapping', 'a', { hostname: '*', prefix: '/a', service: 'a' }),
  });
  const joined = folder({
    'all.yaml':
      definition('Mapping', 'a', { hostname: '*', service: 'a', prefix: '/a' }) +
      definition('Mapping', 'b', { hostname: '*', prefix: '/b', service: 'b' }),
  });
  const first = await countersign(['render', split]);
  const second = await countersign(['render', joined], {
    now: '2040-01-01T00:00:00Z',
    variables: { TZ: 'Asia/Tokyo' },
  });
  expect(second).toEqual(first);
  expect(first.stdout).toContain('a_80_');
});

test('findings go to standard error, so that the output is nothing but resources', async () => {
  const { stdout, stderr, code } = await countersign([
    'render',
    folder({ 'broken.yaml': BROKEN, 'clean.yaml': CLEAN }),
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain('error CS3001');
  expect(stderr).toContain('1 error, 0 warnings in 2 definitions, 2 files');
  expect(stdout).not.toMatch(/error CS/);
  expect(stdout).toContain('Mapping default/broken is quarantined: CS3001');
});

test('says nothing on standard error where there is nothing to say', async () => {
  expect((await countersign(['render', folder({ 'clean.yaml': CLEAN })])).stderr).toBe('');
});

describe('private keys', () => {
  test.each([
    ['the resources', []],
    ['--static', ['--static']],
    ['--static as JSON', ['--static', '--format', 'json']],
  ])('are redacted in %s', async (_what, flags) => {
    const { stdout } = await countersign(['render', ...flags, ...input]);
    expect(stdout).toMatch(/\[redacted\]|environment_variable"?: "?COUNTERSIGN_KEY_DEFAULT_UPSTREAM_CERTS/);
    expect(stdout).not.toMatch(/PRIVATE KEY/);
    expect(keyLines.length).toBeGreaterThan(100);
    expect(stdout.replace(/\s|\\n/g, '')).not.toContain(keyLines.slice(0, 60));
  });

  test('are put in by --static --with-keys', async () => {
    const { stdout } = await countersign(['render', '--static', '--with-keys', ...input]);
    expect(stdout).toContain('PRIVATE KEY');
    expect(stdout).not.toContain('[redacted]');
  });
});

test('--static is one bootstrap with no xDS in it', async () => {
  const { stdout } = await countersign(['render', '--static', ...input]);
  const bootstrap = parse(stdout) as Record<string, Record<string, unknown[]>>;
  expect(bootstrap['static_resources']?.['listeners']).toHaveLength(2);
  expect(bootstrap['static_resources']?.['secrets']).toHaveLength(2);
  expect(bootstrap).not.toHaveProperty('dynamic_resources');
  expect(stdout).not.toContain('ads:');
});

describe('node groups', () => {
  const groups = folder({
    'a.yaml': definition('Mapping', 'a', { ambassador_id: ['one', 'two'], hostname: '*', prefix: '/a', service: 'a' }),
    'b.yaml': definition('Mapping', 'b', { ambassador_id: ['two'], hostname: '*', prefix: '/b', service: 'b' }),
  });
  const stems = async (flags: readonly string[], variables: Readonly<Record<string, string>> = {}) => {
    const { stdout } = await countersign(['render', '--type', 'clusters', ...flags, groups], { variables });
    return [...stdout.matchAll(/alt_stat_name: (\S+)/g)].map((match) => match[1]);
  };

  test('--ambassador-id picks one; AMBASSADOR_ID does where it is not given; else it is default', async () => {
    expect(await stems(['--ambassador-id', 'one'])).toEqual(['a_80']);
    expect(await stems([], { AMBASSADOR_ID: 'two' })).toEqual(['a_80', 'b_80']);
    expect(await stems(['--ambassador-id', 'one'], { AMBASSADOR_ID: 'two' })).toEqual(['a_80']);
    expect(await stems([])).toEqual([]);
    expect(await stems([], { AMBASSADOR_ID: '' })).toEqual([]);
  });

  test('an unknown one is answered with those that there are', async () => {
    const { code, stderr } = await countersign(['render', '--ambassador-id', 'three', groups]);
    expect(code).toBe(3);
    expect(stderr).toBe('countersign: no definition belongs to ambassador_id "three"; there are default, one, two\n');
  });
});

describe('the install namespace', () => {
  const elsewhere = folder({
    'a.yaml': definition('Mapping', 'a', { hostname: '*', prefix: '/', service: 'quote' }, { namespace: 'team' }),
  });
  const address = async (flags: readonly string[], variables: Readonly<Record<string, string>> = {}) => {
    const { stdout } = await countersign(['render', '--type', 'clusters', ...flags, elsewhere], { variables });
    return /address: (\S+)/.exec(stdout)?.[1];
  };

  test('services of Mappings in it stay unqualified: --install-namespace, else AMBASSADOR_NAMESPACE, else default', async () => {
    expect(await address([])).toBe('quote.team');
    expect(await address([], { AMBASSADOR_NAMESPACE: 'team' })).toBe('quote');
    expect(await address([], { AMBASSADOR_NAMESPACE: '' })).toBe('quote.team');
    expect(await address(['--install-namespace', 'team'])).toBe('quote');
    expect(await address(['--install-namespace', 'other'], { AMBASSADOR_NAMESPACE: 'team' })).toBe('quote.team');
  });
});

test('a rotation changes the secret and nothing else', async () => {
  const renewed = join(FIXTURES, 'pki/secrets/upstream-certs-renewed.yaml');
  const [before, after] = [await json(...input), await json(example, renewed)];
  expect(after['secrets']).not.toEqual(before['secrets']);
  expect({ ...after, secrets: [] }).toEqual({ ...before, secrets: [] });
});
