import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUN_DIRECTORY } from './run-directory';
import { watchThisProcess } from './watch';

/** Before all tests: from now on, every process of the run records. */
export default function start(): void {
  process.env[RUN_DIRECTORY] = mkdtempSync(join(tmpdir(), 'countersign-canary-'));
  watchThisProcess();
}
