import { rmSync } from 'node:fs';
import type { Config } from 'jest';
import { RUN_DIRECTORY } from './run-directory';
import { scan } from './scan';

/** What Jest tells of the run; its `patterns` are those of the files that were asked for. */
interface Run extends Pick<Config, 'testNamePattern'> {
  readonly testPathPatterns: { readonly patterns: readonly string[] };
}

/** After all tests: fails the run if a key is in anything that it has written. */
export default function end({ testNamePattern, testPathPatterns }: Run): void {
  const directory = process.env[RUN_DIRECTORY];
  if (directory === undefined) return;
  const started = performance.now();
  const { keys, outputs, bytes, hits, unused } = scan(directory);
  rmSync(directory, { recursive: true, force: true });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const size = (bytes / 1e6).toFixed(1);
  process.stderr.write(
    `Canary keys: ${keys} keys, ${size} MB in ${outputs} outputs scanned in ${seconds} s, ${hits.length} hits\n`,
  );
  if (hits.length > 0) throw new Error(`private keys were written:\n${hits.join('\n')}`);
  const isWhole = (testNamePattern ?? '') === '' && testPathPatterns.patterns.length === 0;
  if (isWhole && unused.length > 0)
    throw new Error(`allowances that nothing needs any more:\n${unused.map(({ why }) => why).join('\n')}`);
}
