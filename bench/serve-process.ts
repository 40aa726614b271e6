import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(__dirname, '../bin/countersign.cjs');

interface LogLine {
  readonly msg: string;
  readonly xdsPort?: number;
  readonly milliseconds?: Readonly<Record<string, number>>;
}

/** The shipped program, serving a directory in a process of its own. */
export class ServeProcess {
  readonly xdsPort: number;
  readonly published: LogLine[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, xdsPort: number, published: LogLine[]) {
    this.#child = child;
    this.xdsPort = xdsPort;
    this.published = published;
  }

  static async start(directory: string): Promise<ServeProcess> {
    const args = [PROGRAM, 'serve', '--xds', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--log-level', 'info', directory];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const published: LogLine[] = [];
    const lines = createInterface({ input: child.stdout });
    const xdsPort = await new Promise<number>((resolve, reject) => {
      child.once('exit', () => reject(new Error('the server ended before it listened')));
      lines.on('line', (line) => {
        const entry = JSON.parse(line) as LogLine;
        if (entry.msg === 'configuration published') published.push(entry);
        if (entry.msg === 'listening') resolve(entry.xdsPort ?? 0);
      });
    });
    return new ServeProcess(child, xdsPort, published);
  }

  /** Resident memory in MB, as Linux counts it. */
  residentMegabytes(): number {
    const pages = Number(readFileSync(`/proc/${this.#child.pid}/statm`, 'utf8').split(' ')[1]);
    return (pages * 4096) / 1e6;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
