import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(__dirname, '../../..');
const PATIENCE_MS = 20_000;

/** One line of a structured log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** The command line in a process of its own, for signals and standard input. */
export class Child {
  readonly #process: ChildProcess;
  readonly #exit: Promise<number | null>;
  readonly #lines: string[] = [];
  readonly #readers = new Set<() => void>();
  #stderr = '';

  constructor(argv: readonly string[], stdin = '', variables: Readonly<Record<string, string>> = {}) {
    const main = join(ROOT, 'src/cli/main.ts');
    this.#process = spawn(process.execPath, ['--import', 'tsx', main, ...argv], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '', ...variables },
    });
    this.#exit = once(this.#process, 'exit').then(([code]) => {
      this.#wake();
      return code as number | null;
    });
    const { stdout, stderr } = this.#process;
    if (stdout === null || stderr === null) throw new Error('spawned without pipes');
    createInterface({ input: stdout }).on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    stderr.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.#process.stdin?.end(stdin);
  }

  get stdout(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** The exit code; null if a signal ended it. */
  async exited(): Promise<number | null> {
    return await this.#exit;
  }

  /** The first log line, of those written already or later, that fits. */
  async logged(fits: (line: LogLine) => boolean): Promise<LogLine> {
    return await new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#readers.delete(look);
        settle();
      };
      const look = () => {
        const found = this.#lines
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line) as LogLine)
          .find(fits);
        if (found !== undefined) finish(() => resolve(found));
        else if (this.#process.exitCode !== null)
          finish(() => reject(new Error(`it ended before:\n${this.stdout}${this.#stderr}`)));
      };
      const timer = setTimeout(
        () => finish(() => reject(new Error(`not within ${PATIENCE_MS} ms:\n${this.stdout}${this.#stderr}`))),
        PATIENCE_MS,
      );
      this.#readers.add(look);
      look();
    });
  }

  /** Ends the process if it still runs. */
  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill('SIGKILL');
    await this.#exit;
  }

  #wake(): void {
    for (const look of this.#readers) look();
  }
}
