import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A scan that finds nothing proves nothing unless it is known to find: runs of tests that write keys, in each way and form.

const JEST = join(__dirname, '../../node_modules/jest/bin/jest.js');
const CONFIG = join(__dirname, 'planted/jest.config.cjs');
const PATIENCE_MS = 120_000;

interface Run {
  readonly code: number;
  readonly output: string;
  /** The keys that it wrote: how, and their fingerprints. */
  readonly planted: readonly { readonly way: string; readonly form: string; readonly id: string }[];
}

const dir = mkdtempSync(join(tmpdir(), 'countersign-planted-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function runOf(plant: string, form = ''): Promise<Run> {
  const file = join(dir, 'planted');
  writeFileSync(file, '');
  // The inner run has a folder of its own; its keys are not known to this one.
  const env = { ...process.env, PLANT: plant, FORM: form, PLANTED: file, COUNTERSIGN_CANARY_RUN: undefined };
  // Into a file, which takes everything however fast the run ends.
  const printed = join(dir, 'printed');
  const descriptor = openSync(printed, 'w');
  const child = spawn(process.execPath, [JEST, '-c', CONFIG, '-i'], { env, stdio: ['ignore', descriptor, descriptor] });
  const [code] = (await once(child, 'exit')) as [number];
  closeSync(descriptor);
  const output = readFileSync(printed, 'utf8');
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return { code, output, planted: lines.map((line) => JSON.parse(line) as Run['planted'][number]) };
}

test(
  'a run that writes no key passes',
  async () => {
    const { code, output } = await runOf('');
    expect(output).toMatch(/Canary keys: \d+ keys, \d+\.\d MB in \d+ outputs scanned in \d+\.\d s, 0 hits/);
    expect(code).toBe(0);
  },
  PATIENCE_MS,
);

/** Ways out, and the output that each becomes. */
const WAYS: Readonly<Record<string, string>> = {
  console: 'std(out|err) of the tests',
  'standard output': 'stdout of the tests',
  'standard error': 'stderr of the tests',
  'piece by piece': 'log',
  finding: 'findings',
  process: 'stdout of \\S*node',
  'process read to its end': 'stdout of \\S*node',
  'process waited for': 'stdout of \\S*node',
  'process waited for otherwise': 'stdout of \\S*node',
  'process that fails': 'stderr of \\S*node',
  shell: 'stdout of \\S*sh',
  'body of an answer': 'answer of an HTTP server',
  'header of an answer': 'answer of an HTTP server',
};

test(
  'a run that writes keys fails, and tells of each: in every way and form, however the key came to be',
  async () => {
    const { code, output, planted } = await runOf('everything');
    expect(code).not.toBe(0);
    const told = (way: string, id: string) =>
      new RegExp(`${WAYS[way] ?? 'stderr of the tests'}.* \\(test/canary/planted.*\\): ec key ${id} as `).test(output);
    const missed = planted.filter(({ way, id }) => !told(way, id)).map(({ way, form }) => `${way}: ${form}`);
    expect(missed).toEqual([]);
    for (const way of Object.keys(WAYS)) expect(planted.filter((each) => each.way === way).length).toBeGreaterThan(25);
    expect(planted.filter(({ way }) => way === 'origin').length).toBeGreaterThan(4);
  },
  PATIENCE_MS,
);

test(
  'one key in one form is enough',
  async () => {
    const { code, output } = await runOf('console', 'hexadecimal');
    expect(output).toMatch(/, 1 hits\n/);
    expect(code).not.toBe(0);
  },
  PATIENCE_MS,
);
