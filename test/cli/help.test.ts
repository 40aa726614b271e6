import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countersign } from './support/command';

const COMMANDS = ['serve', 'validate', 'render', 'rehearse', 'bootstrap', 'schema', 'demo', 'demo-pki', 'xds-pki'];

test('--help lists every command, the exit codes and the environment', async () => {
  const { code, stdout, stderr } = await countersign(['--help']);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  expect(stdout).toContain('Exit codes: 0 clean, 1 findings, 3 wrong usage or I/O; 2 (differences) is reserved');
  for (const name of [
    'AMBASSADOR_FORCE_SECRET_VALIDATION',
    'AMBASSADOR_NAMESPACE',
    'AMBASSADOR_ID',
    'ENVOY',
    'NO_COLOR',
  ])
    expect(stdout).toContain(name);
});

test('help goes to standard output when asked for, and to standard error when a command is missing', async () => {
  const asked = await countersign(['help']);
  const missing = await countersign([]);
  expect(asked.code).toBe(0);
  expect(missing).toEqual({ code: 3, stdout: '', stderr: asked.stdout });
});

test.each(COMMANDS)(
  '%s --help teaches: it has examples, and each uses options that the command has',
  async (command) => {
    const { code, stdout } = await countersign([command, '--help']);
    expect(code).toBe(0);
    const [, examples = ''] = stdout.split(/^Examples?:$/m);
    const lines = examples.split('\n').filter((line) => line.includes(`countersign ${command}`));
    expect(lines).not.toHaveLength(0);
    const described = new Set([...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map((match) => match[1]));
    const [used] = examples.replace(/\\\n/g, '').split(' && ');
    for (const [flag] of (used ?? '').matchAll(/--[\w-]+/g)) expect([...described]).toContain(flag);
  },
);

test.each(['serve', 'validate', 'render', 'rehearse', 'demo'])(
  '%s --help says what its exit codes mean',
  async (command) => {
    expect((await countersign([command, '--help'])).stdout).toMatch(/^Exit code: 0 /m);
  },
);

test('help is wrapped to the width of the terminal', async () => {
  const { stdout } = await countersign(['validate', '--help'], { terminal: true, columns: 80 });
  const options = stdout.split('Options:')[1]?.split('\n\n')[0] ?? '';
  expect(Math.max(...options.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string };
  expect(await countersign(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  [['valdate', 'x'], 'Did you mean validate?'],
  [['validate', '--frmat', 'json', 'x'], 'Did you mean --format?'],
  [['validate', '--format', 'xml', 'x'], 'Allowed choices are text, json, sarif, github, junit'],
  [['render', '--type', 'routes,cluster', 'x'], '"cluster" is none of listeners, routes, clusters, endpoints, secrets'],
])('%j is answered with what would be right, and where help is', async (argv, advice) => {
  const { code, stdout, stderr } = await countersign(argv);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain(advice);
  expect(stderr).toContain('countersign COMMAND --help explains');
});
