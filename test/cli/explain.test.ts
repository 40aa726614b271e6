import { generateKeyPairSync } from 'node:crypto';
import { Child } from './support/child';
import { countersign, EXAMPLE, folder, UPSTREAM_CERTS } from './support/command';

const LINE =
  '{"response_flags":"UF","upstream_transport_failure_reason":"TLS_error:|268436498:SSL_routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA:TLS_error_end"}';

test('says who refused whom, why, and what to do', async () => {
  const { code, stdout } = await countersign(['explain', '--log', LINE]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^the upstream refused us\n {2}cause: the issuer of our client certificate is not known to the upstream\n {2}fix: /,
  );
});

test('names the definitions of the cluster', async () => {
  const config = folder({ 'a.yaml': EXAMPLE });
  const rendered = await countersign(['render', '--type', 'clusters', '--format', 'json', config, UPSTREAM_CERTS]);
  const name = /"alt_stat_name": ?"([^"]+)"/.exec(rendered.stdout)?.[1] ?? '';
  const line = JSON.stringify({ ...(JSON.parse(LINE) as object), upstream_cluster: name });
  const { stdout } = await countersign(['explain', '--log', line, config, UPSTREAM_CERTS]);
  expect(stdout).toMatch(/about: Mapping default\/upstream-mapping \S+a\.yaml:\d+:\d+/);
  expect(stdout).toMatch(/about: Secret default\/upstream-certs /);
});

test.each<[string, readonly string[], number]>([
  ['a line that says nothing', ['--log', 'hello'], 1],
  ['an empty line', ['--log', ' '], 3],
  ['no line', [], 3],
  ['a path that is not there', ['--log', LINE, '/nowhere'], 3],
])('%s: exit code', async (_what, flags, expected) => {
  expect((await countersign(['explain', ...flags])).code).toBe(expected);
});

test('as JSON', async () => {
  const { stdout } = await countersign(['explain', '--format', 'json', '--log', LINE]);
  expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, side: 'the upstream refused us', definitions: [] });
});

test('names the definitions of a cluster whose client certificate has long expired', async () => {
  const config = folder({ 'a.yaml': EXAMPLE });
  const rendered = await countersign(['render', '--type', 'clusters', '--format', 'json', config, UPSTREAM_CERTS]);
  const name = /"alt_stat_name": ?"([^"]+)"/.exec(rendered.stdout)?.[1] ?? '';
  const line = JSON.stringify({ response_flags: 'UC', upstream_cluster: name });
  const { stdout } = await countersign(['explain', '--log', line, config, UPSTREAM_CERTS], {
    now: '2200-01-01T00:00:00Z',
  });
  expect(stdout).toMatch(/cause: .* what a refused client certificate looks like/);
  expect(stdout).toMatch(/about: Mapping default\/upstream-mapping /);
  expect(stdout).toMatch(/about: Secret default\/upstream-certs /);
});

test('a cluster that is nowhere is said to be nowhere', async () => {
  const line = JSON.stringify({ response_flags: 'UF', upstream_cluster: 'nowhere' });
  const { stdout } = await countersign(['explain', '--log', line, folder({ 'a.yaml': EXAMPLE }), UPSTREAM_CERTS]);
  expect(stdout).toMatch(/nothing in these definitions has this cluster/);
});

test('nothing of the line steers the terminal', async () => {
  const evil = '\u001b]0;owned\u0007\u001b[2J\u009b1m\u202e\nroot@host:';
  const reason = `SAN_matcher,_certificate_SANs_are_[${evil}]`;
  const line = JSON.stringify({
    response_flags: 'UF',
    upstream_cluster: evil,
    upstream_transport_failure_reason: reason,
  });
  const { stdout } = await countersign(['explain', '--log', line]);
  expect(stdout.split('\n')).toHaveLength(4);
  // oxlint-disable-next-line no-control-regex
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});

test.each(['text', 'json'])(
  'a private key that somebody has written into the log is not repeated, as %s',
  async (format) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const bare = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
    const line = JSON.stringify({ response_flags: 'UF', path: `/?${pem}`, upstream_cluster: bare, authority: bare });
    const { code, stdout } = await countersign(['explain', '--format', format, '--log', line]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('[redacted ')]);
    expect(stdout).not.toContain(bare.slice(20, 60));
  },
);

describe('a whole log on standard input', () => {
  const other = JSON.stringify({ response_flags: 'NR', status: 404 });
  const log = `${LINE}\n${other}\r\n\n200 ok\n${LINE}\n${'x'.repeat(1_000_000)}\n${LINE}`;

  test('equal failures are one, the most frequent first', async () => {
    const child = new Child(['explain', '--log', '-'], log);
    expect(await child.exited()).toBe(0);
    expect(child.stdout).toMatch(/^3 × the upstream refused us\n/);
    expect(child.stdout).toMatch(/^1 × configuration\n {2}cause: no Mapping/m);
    expect(child.stdout).toMatch(/\n6 lines, 2 of no failure, 2 different failures\n$/);
  });

  test('as JSON', async () => {
    const child = new Child(['explain', '--log', '-', '--format', 'json'], log);
    expect(await child.exited()).toBe(0);
    expect(JSON.parse(child.stdout)).toMatchObject({ lines: 6, without: 2, failures: [{ count: 3 }, { count: 1 }] });
  });

  test('without a failure', async () => {
    const child = new Child(['explain', '--log', '-'], '200 ok\n');
    expect(await child.exited()).toBe(1);
  });

  test('the definitions can’t be there too', async () =>
    expect((await countersign(['explain', '--log', '-', '-'])).code).toBe(3));
});
