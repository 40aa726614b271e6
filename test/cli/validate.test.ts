import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './support/child';
import { BROKEN, CLEAN, EXAMPLE, FIXTURES, UPSTREAM_CERTS, countersign, definition, folder } from './support/command';

const ESC = '\u001b';
const secret = (name: string) => join(FIXTURES, 'pki/secrets', `${name}.yaml`);

describe('text', () => {
  test('says where, what, in which line, and what to do', async () => {
    const file = join(folder({ 'broken.yaml': BROKEN }), 'broken.yaml');
    const { stdout } = await countersign(['validate', file]);
    const column = (BROKEN.split('\n')[1] ?? '').indexOf('"nowhere"') + 1;
    expect(stdout).toBe(
      [
        `${file}:2:${column} error CS3001 TLSContext "nowhere" is not found`,
        `   2 | ${BROKEN.split('\n')[1]}`,
        `       ${' '.repeat(column - 1)}^^^^^^^^^`,
        '  fix: create the TLSContext, or correct the name',
        '1 error, 0 warnings in 1 definition, 1 file',
        '',
      ].join('\n'),
    );
  });

  test('counts what it looked at when there is nothing to say', async () => {
    const json = CLEAN.replace('---', '').replaceAll('plain', 'second');
    const { stdout } = await countersign([
      'validate',
      folder({ 'a.yaml': CLEAN, 'deeper/b.json': json, 'deeper/c.txt': '?' }),
    ]);
    expect(stdout).toMatch(/^0 errors, 0 warnings in 2 definitions, 2 files\n$/);
  });

  test('suggests the name that was probably meant', async () => {
    const misspelt = EXAMPLE.replace('"tls":"upstream-context"', '"tls":"upstrem-context"');
    const { stdout } = await countersign(['validate', folder({ 'a.yaml': misspelt }), UPSTREAM_CERTS]);
    expect(stdout).toContain('TLSContext "upstrem-context" is not found. Did you mean "upstream-context"?');
  });
});

describe('colours', () => {
  const broken = folder({ 'broken.yaml': BROKEN });

  test('only on a terminal', async () => {
    const [onTerminal, piped] = [
      await countersign(['validate', broken], { terminal: true }),
      await countersign(['validate', broken]),
    ];
    expect(onTerminal.stdout).toContain(`${ESC}[31merror${ESC}[0m`);
    expect(piped.stdout).not.toContain(ESC);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['with NO_COLOR', [], { NO_COLOR: '1' }],
    ['on a dumb terminal', [], { TERM: 'dumb' }],
    ['with --no-color', ['--no-color'], {}],
    ['in JSON', ['--format', 'json'], {}],
  ])('none %s', async (_when, flags, variables) => {
    const { stdout } = await countersign(['validate', ...flags, broken], { terminal: true, variables });
    expect(stdout).not.toContain(ESC);
  });

  test('an empty NO_COLOR says nothing (no-color.org)', async () => {
    const { stdout } = await countersign(['validate', broken], { terminal: true, variables: { NO_COLOR: '' } });
    expect(stdout).toContain(ESC);
  });

  test('render colours its findings on standard error, and never its output', async () => {
    const { stdout, stderr } = await countersign(['render', broken], { terminal: true });
    expect(stderr).toContain(ESC);
    expect(stdout).not.toContain(ESC);
  });
});

describe('--at', () => {
  const expired = secret('cs2011-expired');

  test('judges certificates as of that moment', async () => {
    expect((await countersign(['validate', expired])).stdout).toContain('error CS2011');
    expect((await countersign(['validate', '--at', '2020-06-01', expired])).stdout).not.toContain('CS2011');
    const moments = ['2020-06-01T12:00:00Z', '2020-06-01T12:00:00+02:00', '2020-06-01T12:00Z'];
    for (const at of moments) expect((await countersign(['validate', '--at', at, expired])).code).toBe(0);
  });

  test('is now unless given', async () => {
    expect((await countersign(['validate', expired], { now: '2020-06-01T00:00:00Z' })).code).toBe(0);
    expect((await countersign(['validate', expired], { now: '2030-01-01T00:00:00Z' })).code).toBe(1);
  });
});

describe('--strict', () => {
  const example = folder({ 'example.yaml': EXAMPLE });

  test('turns "not verified" from a warning into an error', async () => {
    const [lax, strict] = [
      await countersign(['validate', example, UPSTREAM_CERTS]),
      await countersign(['validate', '--strict', example, UPSTREAM_CERTS]),
    ];
    expect(lax.stdout).toContain('warning CS4002');
    expect(strict.stdout).toContain('error CS4002');
    expect([lax.code, strict.code]).toEqual([0, 1]);
  });

  test('has nothing to say against an upstream that is verified by CA and name', async () => {
    const verified = EXAMPLE.replace('"hosts":[]', '"hosts":[],"verify":{"hostname":"upstream-service"}');
    const { code, stdout } = await countersign([
      'validate',
      '--strict',
      folder({ 'a.yaml': verified }),
      UPSTREAM_CERTS,
    ]);
    expect(stdout).toMatch(/^0 errors, 0 warnings /);
    expect(code).toBe(0);
  });
});

describe('AMBASSADOR_FORCE_SECRET_VALIDATION', () => {
  const host = folder({
    'host.yaml': definition('Host', 'broken', {
      hostname: 'api.example.com',
      tlsSecret: { name: 'cs2004-mismatch' },
      requestPolicy: { insecure: { action: 'Route' } },
    }),
    'mapping.yaml': definition('Mapping', 'api', { hostname: 'api.example.com', prefix: '/', service: 'api' }),
  });
  const render = async (flags: readonly string[], variables: Readonly<Record<string, string>>) =>
    (await countersign(['render', '--type', 'routes', ...flags, host, secret('cs2004-mismatch')], { variables }))
      .stdout;
  const disabled = 'Host default/broken is quarantined: CS3008';

  test.each(['1', 't', 'T', 'true', 'TRUE', 'True'])(
    '%j disables a Host with an invalid Secret entirely',
    async (value) => {
      expect(await render([], { AMBASSADOR_FORCE_SECRET_VALIDATION: value })).toContain(disabled);
    },
  );

  test.each(['', '0', 'f', 'false', 'yes', 'on', 'tRUE'])('%j does not, as in Go', async (value) => {
    const routes = await render([], { AMBASSADOR_FORCE_SECRET_VALIDATION: value });
    expect(routes).not.toContain(disabled);
    expect(routes).toContain('cluster: api_80');
  });

  test.each(['--force-secret-validation', '--strict'])('%s does the same', async (flag) => {
    expect(await render([flag], {})).toContain(disabled);
  });
});

test('a Secret that the operator leaves out is not called missing', async () => {
  const path = folder({ 'example.yaml': EXAMPLE });
  const { stdout } = await countersign(['validate', '--label-selector', 'read=yes', path, UPSTREAM_CERTS]);
  expect(stdout).not.toContain('CS3004');
  const labelled = EXAMPLE.replaceAll('"metadata":{', '"metadata":{"labels":{"read":"yes"},');
  expect(labelled).not.toBe(EXAMPLE);
  const some = await countersign([
    'validate',
    '--label-selector',
    'read=yes',
    folder({ 'a.yaml': labelled }),
    UPSTREAM_CERTS,
  ]);
  expect(some.stdout).toContain(
    'CS3004 Secret default/upstream-certs is in the input, but left out among those not selected by their labels',
  );
});

test('a certificate that is not valid yet at the moment that was given is told with it', async () => {
  const { stdout } = await countersign(['validate', '--at', '2001-01-01', UPSTREAM_CERTS]);
  expect(stdout).toMatch(/CS2012 [^\n]*\n(?:[^\n]*\n)*? {2}fix: .*; it is judged as of --at 2001-01-01\n/);
});

describe('standard input', () => {
  test('is read for -, beside other paths', async () => {
    const child = new Child(['validate', '--format', 'json', '-', UPSTREAM_CERTS], EXAMPLE);
    expect(await child.exited()).toBe(0);
    const report = JSON.parse(child.stdout) as { diagnostics: { location: { file: string } }[]; definitions: number };
    expect(report.definitions).toBe(3);
    expect(report.diagnostics.map(({ location }) => location.file)).toEqual(['<stdin>']);
  });

  test('is an error where it is empty, and a warning where it lists nothing', async () => {
    const nothing = new Child(['validate', '-'], '');
    expect(await nothing.exited()).toBe(1);
    expect(nothing.stdout).toContain('<stdin>:1:1 error CS1036 <stdin> is empty');
    const list = new Child(['validate', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [] }));
    expect(await list.exited()).toBe(0);
    expect(list.stdout).toContain('warning CS1036');
  });

  test('takes what kubectl prints: a List', async () => {
    const items = EXAMPLE.split('---\n')
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text) as object);
    const child = new Child(['validate', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    expect(await child.exited()).toBe(1);
    expect(child.stdout).toMatch(/<stdin>:1:\d+ error CS3004 Secret default\/upstream-certs is not found/);
  });
});

test('a file named twice, by itself and by its folder, is read once', async () => {
  const path = folder({ 'a.yaml': CLEAN });
  const { stdout } = await countersign(['validate', path, join(path, 'a.yaml')]);
  expect(stdout).toMatch(/^0 errors, 0 warnings in 1 definition, 1 file/);
});

test('never prints a private key, not even of a Secret that it complains about', async () => {
  const names = ['cs2003-truncated', 'cs2004-mismatch', 'cs2005-undecodable', 'cs2007-several-keys', 'cs2015-ignored'];
  for (const name of names) {
    const { stdout, stderr } = await countersign(['validate', secret(name)]);
    expect(stdout).toMatch(/CS20\d\d/);
    const lines = readFileSync(secret(name), 'utf8').match(/^ +[A-Za-z0-9+/]{40,}=*$/gm) ?? [];
    expect(lines).not.toHaveLength(0);
    for (const line of lines) expect(`${stdout}${stderr}`).not.toContain(line.trim());
  }
});
