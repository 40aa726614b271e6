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
