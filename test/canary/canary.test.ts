import { execFile } from 'node:child_process';
import { join } from 'node:path';

// A scan that finds nothing proves nothing unless it is known to find: runs of tests that write a key, each in another way or form.

const JEST = join(__dirname, '../../node_modules/jest/bin/jest.js');
const CONFIG = join(__dirname, 'planted/jest.config.cjs');
const PATIENCE_MS = 60_000;

interface Run {
  readonly code: number;
  readonly output: string;
}

async function runOf(plant: string): Promise<Run> {
  // The inner run has a folder of its own, and this one does not see its output, which is full of what it looks for.
  const env = { ...process.env, PLANT: plant, COUNTERSIGN_CANARY_RUN: undefined };
  return await new Promise((resolve) => {
    execFile(process.execPath, [JEST, '-c', CONFIG, '-i'], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` }),
    );
  });
}

test(
  'a run that writes no key passes',
  async () => {
    const { code, output } = await runOf('');
    expect(output).toMatch(/Canary keys: \d+ private keys looked for in \d+ outputs of .* MB in .* s: 0 hits/);
    expect(code).toBe(0);
  },
  PATIENCE_MS,
);

test.each([
  ['console/pem', 'std(?:out|err) of the tests'],
  ['stderr/hex', 'stderr of the tests'],
  ['log/pem-in-json', 'log'],
  ['child process/base64', 'stdout of'],
  ['child process/raw', 'stdout of'],
  ['child process, waited for/base64url', 'stdout of'],
  ['admin port/hex', 'answer of an HTTP server'],
  ['admin port/base64', 'GET http'],
])(
  'a run that writes one fails: %s',
  async (plant, where) => {
    const { code, output } = await runOf(plant);
    expect(output).toContain('private keys were written:');
    expect(output).toMatch(new RegExp(`${where}.*: ec key [0-9a-f]{16} as `));
    expect(code).not.toBe(0);
  },
  PATIENCE_MS,
);
