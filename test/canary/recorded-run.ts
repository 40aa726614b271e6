import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../src/cli/environment';
import { run } from '../../src/cli/run';
import { Recorder } from './recorder';

/** Runs a command line in this process, and records what it writes as if it were a process of its own. */
export async function recordedRun(argv: readonly string[], environment: Environment): Promise<number> {
  const command = `countersign ${argv.join(' ').slice(0, 300)}`;
  const tee = (name: 'stdout' | 'stderr') => {
    const record = Recorder.get()?.output(`${name} of ${command}`);
    const stream = environment[name];
    return {
      ...stream,
      write: (text: string) => {
        record?.(text);
        return stream.write(text);
      },
    };
  };
  const code = await run(argv, { ...environment, stdout: tee('stdout'), stderr: tee('stderr') });
  const out = argv.indexOf('--out');
  if (code === 0 && out >= 0) recordFiles(argv[out + 1] ?? '', command);
  return code;
}

function recordFiles(directory: string, command: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true }))
    if (entry.isFile())
      Recorder.get()?.output(`${entry.name} of ${command}`)(readFileSync(join(entry.parentPath, entry.name)));
}
