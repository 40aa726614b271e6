import type { Environment } from '../../src/cli/environment';
import { run } from '../../src/cli/run';
import { Recorder } from './recorder';
import { ASKED_FOR } from './watch';

/** Runs a command line in this process, and records what it writes as if it were a process of its own. */
export async function recordedRun(argv: readonly string[], environment: Environment): Promise<number> {
  const recorder = argv.includes(ASKED_FOR) ? undefined : Recorder.get();
  const record = recorder?.output(`countersign ${argv.join(' ').slice(0, 300)}`);
  const tee = <Stream extends Environment['stdout']>(stream: Stream): Stream => ({
    ...stream,
    write: (text: string) => {
      record?.(text);
      return stream.write(text);
    },
  });
  const { stdout, stderr } = environment;
  return await run(argv, { ...environment, stdout: tee(stdout), stderr: tee(stderr) });
}
