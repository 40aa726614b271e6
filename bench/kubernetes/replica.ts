import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AdminClient } from '../../test/support/admin-client';
import { LogCapture } from '../../test/support/log-capture';

const PROGRAM = join(__dirname, '../../bin/countersign.cjs');
const PATIENCE_MS = 120_000;

/** The shipped program, reading the API, in a process of its own. */
export class Replica {
  readonly admin: AdminClient;
  readonly log: LogCapture;
  readonly xdsPort: number;
  /** Until everything was published, in milliseconds from the start of the process. */
  readonly startMs: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, log: LogCapture, ports: { xds: number; admin: number }, startMs: number) {
    this.#child = child;
    this.log = log;
    this.xdsPort = ports.xds;
    this.admin = new AdminClient(ports.admin);
    this.startMs = startMs;
  }

  static async start(kubeconfig: string, xdsPort = 0): Promise<Replica> {
    const began = performance.now();
    const addresses = ['--xds', `127.0.0.1:${xdsPort}`, '--admin', '127.0.0.1:0'];
    const args = ['serve', '--kubernetes', '--kubeconfig', kubeconfig, '--log-level', 'debug', '--drain-time', '1'];
    const child = spawn(process.execPath, [PROGRAM, ...args, ...addresses], { stdio: ['ignore', 'pipe', 'inherit'] });
    const log = new LogCapture();
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const whole = rest + chunk.toString();
      const end = whole.lastIndexOf('\n') + 1;
      rest = whole.slice(end);
      if (end > 0) log.write(whole.slice(0, end));
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const listening = await log.line('listening', ({ msg }) => msg === 'listening', PATIENCE_MS);
    await log.line('published', ({ msg }) => msg === 'configuration published', PATIENCE_MS);
    const ports = { xds: Number(listening['xdsPort']), admin: Number(listening['adminPort']) };
    return new Replica(child, log, ports, performance.now() - began);
  }

  /** Resident memory in MB, as Linux counts it. */
  residentMegabytes(): number {
    const pages = Number(readFileSync(`/proc/${this.#child.pid}/statm`, 'utf8').split(' ')[1]);
    return (pages * 4096) / 1e6;
  }

  /** As a rollout does. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}
