import { type GroupConfiguration, compile } from '../../../src/compile';
import { offlineEncoder } from '../../../src/cli/offline-encoder';
import { DEFAULT_POLICY } from '../../../src/resolution/policy';
import { readPaths } from '../../../src/sources/files';
import type { FixtureCase } from '../../support/fixture-case';
import { join } from 'node:path';

/** The moment as of which all fixtures are judged. */
export const FIXTURES_AT = new Date('2026-06-15T12:00:00Z');

/** What a fixture compiles to, by node group. */
export async function compiled({
  directory,
  arguments: args,
}: FixtureCase): Promise<ReadonlyMap<string, GroupConfiguration>> {
  const paths = args.filter((argument) => !argument.startsWith('--')).map((path) => join(directory, path));
  const policy = {
    ...DEFAULT_POLICY,
    strict: args.includes('--strict'),
    forceSecretValidation: args.includes('--force-secret-validation'),
  };
  const { documents, diagnostics: unread } = await readPaths(paths);
  return compile(documents, { policy, at: FIXTURES_AT, encoder: offlineEncoder(), unread }).groups;
}
