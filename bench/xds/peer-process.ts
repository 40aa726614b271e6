import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';

const TICKS_PER_SECOND = 100;

/** What a process has used: CPU seconds of user and system, and resident memory in MB at its highest and now. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly residentMegabytes: number;
}

/** A child that speaks JSON lines: a server under test, or the load. */
export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #waiting: string[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    this.#lines.on('line', (line) => {
      this.#waiting.push(line);
      this.#wake?.();
    });
    this.#child.once('exit', () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  /** The next line that has this key, as the value under it. @throws Error if the process ends before. */
  async next<Value>(key: string): Promise<Value> {
    for (;;) {
      const line = this.#waiting.shift();
      if (line === undefined) {
        if (this.#ended) throw new Error(`a process ended before it said ${key}`);
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      const message = JSON.parse(line) as Record<string, unknown>;
      if (key in message) return message[key] as Value;
    }
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  usage(): Usage {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const memory = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(memory)?.[1] ?? 0);
    return {
      cpuSeconds: (Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND,
      peakMegabytes: kilobytes('VmHWM') / 1024,
      residentMegabytes: kilobytes('VmRSS') / 1024,
    };
  }

  async end(): Promise<void> {
    if (this.#ended) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
