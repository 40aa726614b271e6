import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What jest was told about snapshots: `all` for `-u`, `none` for `--ci`, else `new`. */
type Update = 'all' | 'new' | 'none';

function updateMode(): Update {
  const { snapshotState } = expect.getState() as unknown as { snapshotState: { _updateSnapshot: Update } };
  return snapshotState._updateSnapshot;
}

/** Compares text with a golden file; `jest -u` writes it, and no other run does. */
export function expectGolden(path: string, actual: string): void {
  const mode = updateMode();
  if (mode === 'all') {
    if (existsSync(path) && readFileSync(path, 'utf8') === actual) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  if (!existsSync(path)) throw new Error(`${path} does not exist; run \`npm run golden\` and review what it writes`);
  expect(actual).toBe(readFileSync(path, 'utf8'));
}

export function updatesGoldens(): boolean {
  return updateMode() === 'all';
}
