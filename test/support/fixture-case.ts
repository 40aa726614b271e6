import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const FIXTURES = join(__dirname, '../../fixtures');

/**
 * A directory below `fixtures/` that holds `input/`, or `make-input.mjs` to write it, or a `command` that says what to read
 * instead.
 */
export interface FixtureCase {
  /** Path below `fixtures/`. */
  readonly name: string;
  readonly directory: string;
  /** Arguments for `validate` and `render`, relative to the directory. */
  readonly arguments: readonly string[];
}

export function fixtureCases(): readonly FixtureCase[] {
  return directories(FIXTURES)
    .filter((directory) => ['input', 'make-input.mjs', 'command'].some((name) => existsSync(join(directory, name))))
    .map((directory) => ({ name: relative(FIXTURES, directory), directory, arguments: argumentsOf(directory) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function argumentsOf(directory: string): readonly string[] {
  const file = join(directory, 'command');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(/\s+/) : ['input'];
}

function directories(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['input', 'expected', 'pki'].includes(entry.name))
    .flatMap((entry) => [join(root, entry.name), ...directories(join(root, entry.name))]);
}
