import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keysIn } from './fixture-keys';
import { Recorder } from './recorder';
import { RUN_DIRECTORY } from './run-directory';
import { watchThisProcess } from './watch';

/** Before all tests: from now on, every process of the run records. The keys of the fixtures count even if nothing reads them. */
export default function start(): void {
  process.env[RUN_DIRECTORY] = mkdtempSync(join(tmpdir(), 'countersign-canary-'));
  watchThisProcess();
  for (const key of keysIn(join(__dirname, '../../fixtures'))) Recorder.get()?.key(key);
}
