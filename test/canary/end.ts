import { rmSync } from 'node:fs';
import { RUN_DIRECTORY } from './run-directory';
import { scan } from './scan';

/** How many hits are told. */
const TOLD = 20;

/** After all tests: fails the run if a key is in anything that it has written. */
export default function end(): void {
  const directory = process.env[RUN_DIRECTORY];
  if (directory === undefined) return;
  const started = performance.now();
  const { keys, outputs, bytes, hits, unused } = scan(directory);
  rmSync(directory, { recursive: true, force: true });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const size = (bytes / 1e6).toFixed(1);
  process.stderr.write(
    `Canary keys: ${keys} private keys looked for in ${outputs} outputs of ${size} MB in ${seconds} s: ${hits.length} hits\n`,
  );
  if (unused.length > 0) throw new Error(`no longer needed: ${unused.map(({ why }) => why).join('\n')}`);
  if (hits.length > 0) throw new Error(`private keys were written:\n${hits.slice(0, TOLD).join('\n')}`);
}
