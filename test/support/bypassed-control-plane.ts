import { AdminServer, Metrics } from '../../src/admin';
import { createLogger, loggingObserver, logCompilation } from '../../src/cli/log';
import { statusDocument } from '../../src/cli/status-document';
import { DEFAULT_MAX_DELETION } from '../../src/cli/server';
import { type CompilationReport, ControlPlane } from '../../src/control-plane';
import { type EnvoyMessages, encodeAnyByName, type MessageName } from '../../src/protos';
import { ResourceEncoder } from '../../src/snapshot/resource-encoder';
import { SnapshotStore } from '../../src/snapshot/store';
import { FilesSource } from '../../src/sources/files';
import { type Sent, XdsServer, observers } from '../../src/xds';
import { AdminClient } from './admin-client';
import { LogCapture } from './log-capture';

const SECRET = 'envoy.extensions.transport_sockets.tls.v3.Secret';
export type SecretMessage = EnvoyMessages[typeof SECRET];

/** Makes the bytes of a Secret, after all checks and on its way to the wire; `encode` makes them as the product does. */
export type Tamper = (secret: SecretMessage, encode: (secret: SecretMessage) => Buffer) => Buffer;

/**
 * The product, wired as `startServer` wires it, but for one thing: Secrets are tampered with when nobody checks them any more.
 * What Envoy makes of a mistake that validation did not see can be shown in no other way.
 */
export class BypassedControlPlane {
  readonly admin: AdminClient;
  readonly log: LogCapture;
  readonly xdsPort: number;
  /** Every response so far, oldest first. */
  readonly sent: readonly Sent[];
  readonly #stop: () => Promise<void>;

  private constructor(
    xdsPort: number,
    adminPort: number,
    log: LogCapture,
    sent: readonly Sent[],
    stop: () => Promise<void>,
  ) {
    this.xdsPort = xdsPort;
    this.admin = new AdminClient(adminPort);
    this.log = log;
    this.sent = sent;
    this.#stop = stop;
  }

  static async start(path: string, tamper: Tamper): Promise<BypassedControlPlane> {
    const capture = new LogCapture();
    const log = createLogger('debug', capture);
    const sent: Sent[] = [];
    const store = new SnapshotStore();
    const metrics = new Metrics('test');
    let newest: CompilationReport | undefined;
    const xds = new XdsServer({
      store,
      identifier: 'countersign/test',
      observer: observers(loggingObserver(log), metrics.observer, { sent: (_stream, response) => sent.push(response) }),
    });
    const encode = (name: MessageName, message: object) =>
      name === SECRET ? tamper(message, (secret) => encodeAnyByName(SECRET, secret)) : encodeAnyByName(name, message);
    const controlPlane = new ControlPlane({
      sources: [new FilesSource([path])],
      policy: { strict: false, forceSecretValidation: false, installNamespace: 'default' },
      encoder: new ResourceEncoder<MessageName>(encode, Buffer.from('countersign test key')),
      store,
      now: () => new Date(),
      maxDeletion: DEFAULT_MAX_DELETION,
      onNothing: () => {},
      onCompiled: (report) => {
        newest = report;
        logCompilation(log, report);
      },
      onFailure: (error) => {
        throw error;
      },
    });
    const status = () => statusDocument(controlPlane.ready, newest, xds.status());
    const admin = new AdminServer(
      {
        ready: () => controlPlane.ready,
        status,
        certificates: () => ({}),
        confirmDeletion: (token) => controlPlane.confirmDeletion(token),
      },
      metrics,
    );
    const { port: adminPort } = await admin.listen('127.0.0.1:0');
    const { port: xdsPort } = await xds.listen('127.0.0.1:0');
    await controlPlane.start();
    return new BypassedControlPlane(xdsPort, adminPort, capture, sent, async () => {
      await controlPlane.stop();
      await xds.drain(0);
      await admin.close();
    });
  }

  async stop(): Promise<void> {
    await this.#stop();
  }
}
