import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { getEnvoy } from '../envoy-binary';
import { EnvoyAdmin } from './envoy-admin';

/** Hot restart shares memory under a base id, which Envoys of parallel tests would fight over. */
const COMMON_ARGS = ['--disable-hot-restart', '--concurrency', '1'] as const;
const START_TIMEOUT_MS = 20_000;

/** A real Envoy, run for one test with its admin interface on an ephemeral port. */
export class Envoy {
  readonly admin: EnvoyAdmin;
  readonly #process: ChildProcess;
  readonly #log: EnvoyLog;
  readonly #dir: string;

  private constructor(admin: EnvoyAdmin, child: ChildProcess, log: EnvoyLog, dir: string) {
    this.admin = admin;
    this.#process = child;
    this.#log = log;
    this.#dir = dir;
  }

  /**
   * Starts an Envoy and waits for its admin interface; for a listener, wait with `admin.listening(port)`.
   *
   * @param bootstrap in proto-JSON; its `admin` is replaced
   * @param args further arguments of the command line, such as `--component-log-level upstream:debug`
   */
  static async start(bootstrap: object, args: readonly string[] = []): Promise<Envoy> {
    const admin = { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } };
    const { dir, file } = writeBootstrap({ ...bootstrap, admin });
    const child = spawn(await getEnvoy(), ['-c', file, ...COMMON_ARGS, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.removeListener('exit', kill));
    const log = new EnvoyLog(child);
    try {
      const line = await log.line(/admin address: \S+/, START_TIMEOUT_MS);
      const address = line.slice(line.lastIndexOf(' ') + 1);
      return new Envoy(new EnvoyAdmin(address), child, log, dir);
    } catch (error) {
      await end(child);
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** What Envoy has logged so far. */
  get log(): string {
    return this.#log.text;
  }

  /** The first line of Envoy's log that matches, waited for if need be; it fails when Envoy ends before. */
  async logged(pattern: RegExp, timeoutMs = 15_000): Promise<string> {
    return await this.#log.line(pattern, timeoutMs);
  }

  /** Ends this Envoy; harmless when it has ended already. */
  async stop(): Promise<void> {
    await end(this.#process);
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/**
 * Asks a real Envoy (`--mode validate`) about a bootstrap: proto-JSON, or the text of a YAML file.
 *
 * @param directory where relative paths in it begin; default the current one
 */
export async function validate(
  bootstrap: object | string,
  directory = process.cwd(),
): Promise<{ readonly ok: boolean; readonly output: string }> {
  const { dir, file } = writeBootstrap(bootstrap);
  try {
    const envoy = await getEnvoy();
    return await new Promise((resolve) => {
      const args = ['--mode', 'validate', '-c', file, ...COMMON_ARGS, '--log-level', 'warning'];
      execFile(envoy, args, { cwd: directory }, (error, stdout, stderr) =>
        resolve({ ok: error === null, output: `${stdout}${stderr}` }),
      );
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function writeBootstrap(bootstrap: object | string): { readonly dir: string; readonly file: string } {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-envoy-'));
  const isText = typeof bootstrap === 'string';
  const file = join(dir, isText ? 'bootstrap.yaml' : 'bootstrap.json');
  writeFileSync(file, isText ? bootstrap : JSON.stringify(bootstrap), { mode: 0o600 });
  return { dir, file };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const tooSlow = setTimeout(() => child.kill('SIGKILL'), 5_000);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(tooSlow);
}

class EnvoyLog {
  readonly #lines: string[] = [];
  readonly #readers = new Set<() => void>();
  #ended = false;

  constructor(child: ChildProcess) {
    if (child.stderr === null) throw new Error('Envoy was started without a pipe for its log');
    const lines = createInterface({ input: child.stderr });
    lines.on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    const ended = () => {
      this.#ended = true;
      this.#wake();
    };
    lines.on('close', ended);
    child.on('error', ended);
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  async line(pattern: RegExp, timeoutMs: number): Promise<string> {
    return await new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#readers.delete(look);
        settle();
      };
      const fail = (why: string) => {
        const tail = this.#lines.slice(-20).map((line) => line.slice(0, 300));
        finish(() => reject(new Error(`${why} before it logged ${pattern}:\n${tail.join('\n')}`)));
      };
      const look = () => {
        const found = this.#lines.find((line) => pattern.test(line));
        if (found !== undefined) finish(() => resolve(found));
        else if (this.#ended) fail('Envoy ended');
      };
      const timer = setTimeout(() => fail(`Envoy ran ${timeoutMs} ms`), timeoutMs);
      this.#readers.add(look);
      look();
    });
  }

  #wake(): void {
    for (const look of this.#readers) look();
  }
}
