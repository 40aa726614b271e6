import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from '../../src/model/document';
import { readPaths } from '../../src/sources/files';
import { type FixtureCase, fixtureCases } from './fixture-case';

/** The documents of a fixture's input. */
async function documentsOf({ directory, arguments: args }: FixtureCase): Promise<readonly Document[]> {
  const maker = join(directory, 'make-input.mjs');
  if (existsSync(maker)) execFileSync(process.execPath, [maker]);
  const paths = args.filter((each) => !each.startsWith('-')).map((each) => join(directory, each));
  return (await readPaths(paths.filter((path) => existsSync(path)))).documents;
}

/** The documents of every fixture, by its name. */
export async function fixtureDocuments(): Promise<ReadonlyMap<string, readonly Document[]>> {
  const cases = fixtureCases();
  const documents = await Promise.all(cases.map(documentsOf));
  return new Map(cases.map(({ name }, index) => [name, documents[index] ?? []]));
}
