import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { recordedRun } from './canary/recorded-run';
import { CATALOGUE, type CatalogueEntry } from '../src/diagnostics/catalogue';
import { validate } from './support/envoy';
import { type FixtureCase, fixtureCases } from './support/fixture-case';
import { expectGolden, updatesGoldens } from './support/golden';

/** The moment as of which all fixtures are judged. */
const AT = ['--at', '2026-06-15T12:00:00Z'];

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in the fixture’s directory, so that paths in the output are the same everywhere. */
async function countersign(
  { directory, arguments: args }: FixtureCase,
  command: string,
  ...extra: string[]
): Promise<Output> {
  let [stdout, stderr] = ['', ''];
  const before = process.cwd();
  process.chdir(directory);
  try {
    const code = await recordedRun([command, ...AT, ...extra, ...args], {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      variables: {},
      now: () => new Date('2026-06-15T12:00:00Z'),
    });
    return { code, stdout, stderr };
  } finally {
    process.chdir(before);
  }
}

/** Node groups with definitions of their own, by the names of the golden files’ directory or of the input. */
async function groupsOf(fixture: FixtureCase): Promise<readonly string[]> {
  const { stderr } = await countersign(fixture, 'render', '--ambassador-id', 'none');
  return /there are (.*)/.exec(stderr)?.[1]?.split(', ') ?? [];
}

const cases = fixtureCases();
const raised = new Set<string>();

describe.each(cases.map((fixture) => [fixture.name, fixture] as const))('%s', (_name, fixture) => {
  const expected = join(fixture.directory, 'expected');

  test('compiles to its goldens, which Envoy accepts', async () => {
    const maker = join(fixture.directory, 'make-input.mjs');
    if (existsSync(maker)) execFileSync(process.execPath, [maker]);
    if (updatesGoldens()) rmSync(expected, { recursive: true, force: true });
    const findings = await countersign(fixture, 'validate');
    for (const [code] of findings.stdout.matchAll(/\bCS\d{4}\b/g)) raised.add(code);
    expectGolden(join(expected, 'diagnostics.txt'), findings.stdout);
    const groups = await groupsOf(fixture);
    for (const group of groups) {
      const { stdout, code } = await countersign(fixture, 'render', '--ambassador-id', group);
      expect(code).toBe(findings.code);
      expectGolden(join(expected, `${group}.yaml`), stdout);
      const bootstrap = await countersign(fixture, 'render', '--static', '--with-keys', '--ambassador-id', group);
      const verdict = await validate(parse(bootstrap.stdout) as object, fixture.directory);
      expect(verdict).toEqual({ ok: true, output: expect.any(String) });
    }
    const written = existsSync(expected) ? readdirSync(expected) : [];
    expect(written.toSorted()).toEqual(['diagnostics.txt', ...groups.map((group) => `${group}.yaml`)].toSorted());
  });
});

test('every diagnostic code has a fixture of its name that raises it', () => {
  const named = cases.filter(({ name }) => name.startsWith('codes/')).map(({ name }) => name.slice('codes/'.length));
  const catalogue: readonly (readonly [string, CatalogueEntry])[] = Object.entries(CATALOGUE);
  const shown = catalogue
    .filter(([, { inService, unprovoked }]) => inService !== true && unprovoked !== true)
    .map(([code]) => code);
  expect(named.toSorted()).toEqual(shown.toSorted());
  expect([...raised].filter((code) => !(code in CATALOGUE))).toEqual([]);
  expect(shown.filter((code) => !raised.has(code))).toEqual([]);
});
