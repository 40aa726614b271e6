import { join } from 'node:path';
import { FIXTURES, countersign } from './support/command';

const secret = (name: string) => join(FIXTURES, `pki/secrets/${name}.yaml`);
const MESH = [join(FIXTURES, 'edge-and-sidecar/input'), ...['upstream-certs', 'server-rsa', 'ca'].map(secret)];

test('list says what ends when, and who uses it', async () => {
  const { code, stdout } = await countersign(['certs', 'list', ...MESH, secret('client-of-ca2')]);
  const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(code).toBe(0);
  expect(lines).toContainEqual([
    'default/server-rsa',
    'certificate',
    '2120-01-01 00:00:00Z',
    '34166d',
    '6%',
    'upstream-service < Fixture CA',
    'Host default/upstream-service',
  ]);
  expect(lines).toContainEqual([
    'default/client-of-ca2',
    'certificate',
    '2120-01-01 00:00:00Z',
    '34166d',
    '6%',
    'edge < Other Fixture CA',
    'nothing',
  ]);
});

test('an expired certificate is listed with those who still use it', async () => {
  const { stdout } = await countersign(['certs', 'list', '--at', '2121-01-01', ...MESH]);
  expect(stdout).toMatch(/^default\/server-rsa .* -366d × .* Host default\/upstream-service$/m);
});

test.each<[string, readonly string[], number]>([
  ['enough left', ['--fail-within', '30d'], 0],
  ['too little left', ['--fail-within', '30d', '--at', '2119-12-15'], 1],
  ['too small a share left', ['--fail-within', '20%', '--at', '2115-01-01'], 1],
  ['no threshold', ['--at', '2121-01-01'], 0],
  ['an unusable Secret, with a threshold', ['--fail-within', '30d', secret('cs2004-mismatch')], 1],
  ['a threshold that is none', ['--fail-within', 'soon'], 3],
])('list with %s: exit code', async (_what, flags, expected) => {
  const { code } = await countersign(['certs', 'list', ...flags, ...MESH]);
  expect(code).toBe(expected);
});

test('show prints chain, names, fingerprints and users with their lines', async () => {
  const { stdout } = await countersign(['certs', 'show', 'server-rsa', ...MESH]);
  expect(stdout).toMatch(/^certificate default\/server-rsa: ends 2120-01-01/);
  expect(stdout).toMatch(/fingerprint {2}SHA-256 [0-9a-f]{64}$/m);
  expect(stdout).toMatch(/Host default\/upstream-service {2}\S+definitions\.yaml:\d+:\d+$/m);
});

test('show of a name that is not there, or there twice, says so', async () => {
  const missing = await countersign(['certs', 'show', 'nowhere', ...MESH]);
  expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('no usable Secret is called "nowhere"')]);
});

test('graph joins certificates to the CAs that accept them', async () => {
  const { stdout } = await countersign(['certs', 'graph', ...MESH]);
  expect(stdout).toContain('-> accepted by ca default/ca (Host default/upstream-service)');
});

test('plan-rollover names the edges that a step in the wrong order breaks', async () => {
  const argv = ['certs', 'plan-rollover', '--from', 'ca', '--to', 'ca2', '--format', 'json', ...MESH, secret('ca2')];
  const { code, stdout } = await countersign(argv);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    steps: [
      { name: 'add', breaksNow: [] },
      {
        name: 'reissue',
        breaksNow: [
          { certificate: 'default/server-rsa', refusedBy: 'default/upstream-certs' },
          { certificate: 'default/upstream-certs', refusedBy: 'default/ca' },
        ],
      },
      { name: 'remove', breaksNow: [expect.anything(), expect.anything()] },
    ],
  });
});

test('no command prints anything of a private key', async () => {
  for (const argv of [
    ['list'],
    ['show', 'server-rsa'],
    ['graph'],
    ['plan-rollover', '--from', 'ca', '--to', secret('ca2')],
  ]) {
    const [name = '', ...rest] = argv;
    for (const format of ['text', 'json']) {
      const { stdout, stderr } = await countersign(['certs', name, '--format', format, ...rest, ...MESH]);
      expect(stdout + stderr).not.toMatch(/PRIVATE|[A-Za-z0-9+/]{65}/);
    }
  }
});
