import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './support/child';
import { BROKEN, CLEAN, EXAMPLE, FIXTURES, UPSTREAM_CERTS, folder } from './support/command';

const PORTS = ['--xds', '127.0.0.1:0', '--admin', '127.0.0.1:0'];

const children: Child[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await child.stop();
});

async function serve(argv: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const child = new Child(['serve', ...PORTS, ...argv], '', variables);
  children.push(child);
  const listening = await child.logged(({ msg }) => msg === 'listening');
  const get = async (path: string) => await fetch(`http://127.0.0.1:${Number(listening['adminPort'])}${path}`);
  return { child, listening, get };
}

/** Replaces a file as an editor does. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

test.each(['SIGTERM', 'SIGINT'] as const)('serves until %s, drains and exits 0', async (signal) => {
  const { child, get } = await serve([folder({ 'clean.yaml': CLEAN })]);
  const published = await child.logged(({ msg }) => msg === 'configuration published');
  expect(published).toMatchObject({ level: 'info', group: 'default', resources: { clusters: 1, listeners: 2 } });
  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/readyz')).status).toBe(200);
  child.kill(signal);
  expect(await child.logged(({ msg }) => msg === 'draining')).toMatchObject({ signal });
  expect(await child.exited()).toBe(0);
  expect(await child.logged(({ msg }) => msg === 'stopped')).toBeDefined();
  expect(child.stderr).toBe('');
});

test('the admin port tells the state as metrics and as JSON, and what else it has', async () => {
  const { get, child } = await serve([folder({ 'example.yaml': EXAMPLE }), UPSTREAM_CERTS]);
  await child.logged(({ msg }) => msg === 'configuration published');
  const metrics = await (await get('/metrics')).text();
  expect(metrics).toContain('countersign_diagnostics{code="CS4002",severity="warning"} 1');
  expect(metrics).toMatch(
    /countersign_cert_not_after_seconds\{name="default\/upstream-certs",kind="tls_certificate"\} \d+/,
  );
  const status = (await (await get('/status')).json()) as Record<string, unknown>;
  expect(status).toMatchObject({
    schemaVersion: 1,
    ready: true,
    quarantined: 0,
    groups: [{ group: 'default' }],
    diagnostics: [{ code: 'CS4002', severity: 'warning' }],
    certificates: [{ name: 'default/upstream-certs' }, { name: 'default/upstream-certs/ca' }],
    nodes: [],
  });
  expect(JSON.stringify(status)).not.toMatch(/PRIVATE|BEGIN/);
  const nowhere = await get('/config');
  expect(nowhere.status).toBe(404);
  expect(await nowhere.text()).toBe('not found; there is /healthz, /readyz, /metrics, /status, /certificates\n');
});

test('logs a finding when it is raised and when it is settled, with code, place and fix; the last good version stays', async () => {
  const config = folder({ 'a.yaml': EXAMPLE });
  const secret = join(config, 'secret.yaml');
  writeFileSync(secret, readFileSync(UPSTREAM_CERTS, 'utf8'));
  const { child, get } = await serve([config]);
  await child.logged(({ msg }) => msg === 'configuration published');
  const mismatch = readFileSync(join(FIXTURES, 'pki/secrets/cs2004-mismatch.yaml'), 'utf8');
  replace(secret, mismatch.replace('cs2004-mismatch', 'upstream-certs'));
  expect(await child.logged(({ code }) => code === 'CS2004')).toMatchObject({
    level: 'error',
    msg: 'diagnostic raised',
    definition: 'Secret default/upstream-certs',
    at: expect.stringMatching(/secret\.yaml:\d+:\d+$/),
    fix: expect.stringContaining('same issuance'),
  });
  const status = (await (await get('/status')).json()) as { quarantined: number; certificates: object[] };
  expect(status.quarantined).toBe(0);
  expect(status.certificates).toHaveLength(2);
  replace(secret, readFileSync(UPSTREAM_CERTS, 'utf8'));
  await child.logged(({ msg, code }) => msg === 'diagnostic settled' && code === 'CS2004');
  expect(child.stdout).not.toMatch(/PRIVATE KEY/);
});

test('takes the Ambassador variables, and says at start whether it is strict', async () => {
  const { listening, get, child } = await serve(['--strict', folder({ 'example.yaml': EXAMPLE }), UPSTREAM_CERTS], {
    AMBASSADOR_NAMESPACE: 'elsewhere',
  });
  expect(listening).toMatchObject({ strict: true, tls: false });
  await child.logged(({ msg }) => msg === 'configuration published');
  const status = (await (await get('/status')).json()) as { diagnostics: object[] };
  expect(status.diagnostics).toContainEqual(expect.objectContaining({ code: 'CS4002', severity: 'error' }));
});

test('--log-level error leaves only errors', async () => {
  const child = new Child(['serve', ...PORTS, '--log-level', 'error', folder({ 'broken.yaml': BROKEN })]);
  children.push(child);
  await child.logged(({ code }) => code === 'CS3001');
  child.kill('SIGTERM');
  expect(await child.exited()).toBe(0);
  const levels = child.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { level: string }).level);
  expect(new Set(levels)).toEqual(new Set(['error']));
});

test('listens on a Unix socket without TLS', async () => {
  const socket = join(folder(), 'xds.sock');
  const { listening } = await serve(['--xds', `unix:${socket}`, folder({ 'clean.yaml': CLEAN })]);
  expect(listening).toMatchObject({ xds: `unix:${socket}` });
  expect(statSync(socket).isSocket()).toBe(true);
});

test('--xds-plaintext allows an xDS port without TLS beyond loopback', async () => {
  const { listening } = await serve(['--xds', '0.0.0.0:0', '--xds-plaintext', folder({ 'clean.yaml': CLEAN })]);
  expect(listening).toMatchObject({ xds: '0.0.0.0:0', tls: false });
});

test('a path that cannot be read ends it with exit code 3', async () => {
  const child = new Child(['serve', ...PORTS, join(folder(), 'missing')]);
  children.push(child);
  expect(await child.exited()).toBe(3);
  expect(child.stderr).toMatch(/^countersign: cannot read \S+missing: it does not exist$/m);
});

test('warns if no definition belongs to the only node group that it serves', async () => {
  const { child } = await serve(['--ambassador-id', 'nobody', folder({ 'clean.yaml': CLEAN })]);
  const warning = await child.logged(({ msg }) => String(msg).startsWith('no definition belongs to the node group'));
  expect(warning).toMatchObject({ level: 'warn', ambassadorId: 'nobody', groups: ['default'] });
});
