import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { AdminClient } from './admin-client';
import { LogCapture } from './log-capture';

const ROOT = join(__dirname, '../..');
const START_TIMEOUT_MS = 30_000;

export interface ServeOptions {
  /** Fixed ports, where a successor is to be found by the Envoys of this one. Default: ephemeral. */
  readonly xdsPort?: number;
  /** Further arguments of `countersign serve`. */
  readonly args?: readonly string[];
}

/** `countersign serve` as a process of its own, which can be killed. */
export class ServeProcess {
  readonly admin: AdminClient;
  readonly xdsPort: number;
  /** What it wrote to its standard output. */
  readonly log: LogCapture;
  readonly #child: ChildProcess;
  readonly #errors: string[];

  private constructor(child: ChildProcess, log: LogCapture, errors: string[], ports: { xds: number; admin: number }) {
    this.#child = child;
    this.#errors = errors;
    this.log = log;
    this.xdsPort = ports.xds;
    this.admin = new AdminClient(ports.admin);
  }

  /** Starts it and waits until its ports are open; whether it is ready is another question. */
  static async start(path: string, { xdsPort = 0, args = [] }: ServeOptions = {}): Promise<ServeProcess> {
    const command = ['--import', 'tsx', 'src/cli/main.ts', 'serve', '--log-level', 'debug'];
    const addresses = ['--xds', `127.0.0.1:${xdsPort}`, '--admin', '127.0.0.1:0'];
    const child = spawn(process.execPath, [...command, ...addresses, ...args, path], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = new LogCapture();
    const errors: string[] = [];
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const whole = rest + chunk.toString();
      const end = whole.lastIndexOf('\n') + 1;
      rest = whole.slice(end);
      if (end > 0) log.write(whole.slice(0, end));
    });
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.removeListener('exit', kill));
    const died = once(child, 'exit').then(([code]) => {
      throw new Error(`countersign serve ended with ${String(code)}: ${errors.join('')}`);
    });
    try {
      const listening = log.line('listening', ({ msg }) => msg === 'listening', START_TIMEOUT_MS);
      const line = await Promise.race([listening, died]);
      died.catch(() => undefined);
      return new ServeProcess(child, log, errors, { xds: Number(line['xdsPort']), admin: Number(line['adminPort']) });
    } catch (error) {
      kill();
      throw error;
    }
  }

  /** What it wrote to its standard error. */
  get errors(): string {
    return this.#errors.join('');
  }

  /** Stops it in the middle of whatever it does; its connections stay open. */
  suspend(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Lets it go on. */
  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** Ends it as a power cut would: `kill -9`. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it as an operator would; harmless when it has ended already. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    const tooSlow = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    this.#child.kill(signal);
    await exited;
    clearTimeout(tooSlow);
  }
}
