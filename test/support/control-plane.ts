import { createLogger } from '../../src/cli/log';
import { type RunningServer, type ServerOptions, startServer } from '../../src/cli/server';
import type { CompilationReport } from '../../src/control-plane';
import type { Diagnostic } from '../../src/diagnostics/diagnostic';
import type { Policy } from '../../src/resolution/policy';
import { AdminClient } from './admin-client';
import { eventually } from './eventually';
import { LogCapture } from './log-capture';

/** The product as `countersign serve` starts it, in this process and on ephemeral ports. */
export class ControlPlane {
  readonly admin: AdminClient;
  readonly log: LogCapture;
  /** Every compilation so far, oldest first. */
  readonly reports: readonly CompilationReport[];
  readonly #server: RunningServer;

  private constructor(server: RunningServer, log: LogCapture, reports: readonly CompilationReport[]) {
    this.#server = server;
    this.admin = new AdminClient(server.adminPort);
    this.log = log;
    this.reports = reports;
  }

  static async start(
    path: string,
    policy: Partial<Policy> = {},
    more: Pick<ServerOptions, 'rehearse' | 'state' | 'following'> = {},
  ): Promise<ControlPlane> {
    const log = new LogCapture();
    const reports: CompilationReport[] = [];
    const server = await startServer({
      paths: [path],
      policy: { strict: false, forceSecretValidation: false, installNamespace: 'default', ...policy },
      xds: '127.0.0.1:0',
      admin: '127.0.0.1:0',
      secretVersionKey: Buffer.from('countersign test key'),
      log: createLogger('debug', log),
      now: () => new Date(),
      onCompiled: (report) => reports.push(report),
      ...more,
    });
    return new ControlPlane(server, log, reports);
  }

  get adminPort(): number {
    return this.#server.adminPort;
  }

  get xdsPort(): number {
    return this.#server.xdsPort;
  }

  /** Findings of the newest compilation. */
  get diagnostics(): readonly Diagnostic[] {
    return this.reports.at(-1)?.diagnostics ?? [];
  }

  /** Makes a change, and waits until it has been compiled. */
  async change(make: () => Promise<void>): Promise<CompilationReport> {
    const before = this.reports.length;
    await make();
    return await eventually('the change is compiled', () => Promise.resolve(this.reports[before]));
  }

  async stop(): Promise<void> {
    await this.#server.stop(0);
  }
}
