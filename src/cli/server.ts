import { hostname } from 'node:os';
import { types } from 'node:util';
import { AdminServer, Metrics, refusalDiagnostics } from '../admin';
import type { AccessPolicy } from '../authorization';
import { type CompilationReport, ControlPlane } from '../control-plane';
import type { Diagnostic } from '../diagnostics/diagnostic';
import { type MessageName, encodeAnyByName } from '../protos';
import type { Policy } from '../resolution/policy';
import { ResourceEncoder } from '../snapshot/resource-encoder';
import { SnapshotStore } from '../snapshot/store';
import { FilesSource } from '../sources/files';
import type { FollowingSource, Source } from '../sources/source';
import {
  type Secured,
  type XdsLimits,
  type XdsObserver,
  XdsServer,
  type XdsStatus,
  type XdsTls,
  observers,
} from '../xds';
import { readAccessPolicyFile, watchAccessPolicy } from './access-policy-file';
import { countExternalMemoryAsHeap } from './external-memory';
import { CertificateVersions } from './certificate-versions';
import { certificatesDocument } from './certificates-document';
import { CommandFailure } from './exit-code';
import { type Logger, logCompilation, loggingObserver } from './log';
import { LastGoodState, type StateOptions } from './last-good-state';
import { BackgroundRehearser } from './rehearse/rehearser';
import { servedCertificates, statusDocument } from './status-document';
import { VERSION } from './version';
import type { XdsSecurity } from './xds-security';
import { readXdsTls, watchXdsTls } from './xds-tls';

export interface ServerOptions {
  /** Files and folders, watched. */
  readonly paths: readonly string[];
  /** Where definitions come from besides. */
  readonly sources?: readonly Source[];
  /** Reads what those definitions need of somebody else. */
  readonly following?: FollowingSource;
  readonly policy: Policy;
  /** `HOST:PORT` or `unix:PATH`. */
  readonly xds: string;
  /** Absent: cleartext. */
  readonly xdsSecurity?: XdsSecurity;
  /** Names this process among its replicas, to Envoys. Default: the host name. */
  readonly replica?: string;
  readonly limits?: Partial<XdsLimits>;
  /** `HOST:PORT`. */
  readonly admin: string;
  /** At least 16 bytes, the same on every replica, so that they give Secrets the same versions. */
  readonly secretVersionKey: Buffer;
  /** Of the definitions, 0 to 1, that may be gone at once; 1: all. Default: half of them. */
  readonly maxDeletion?: number;
  /** Absent: what is last good is forgotten with the process. */
  readonly state?: StateOptions;
  /** Rehearse changes of TLS towards upstreams. Absent: do not. `retryMs`: the first pause before a failure is tried again. */
  readonly rehearse?: { readonly mode: 'warn' | 'block'; readonly retryMs?: number };
  readonly log: Logger;
  readonly now: () => Date;
  readonly onCompiled?: (report: CompilationReport) => void;
  readonly follow?: (view: ServerView) => Follower;
}

export const DEFAULT_MAX_DELETION = 0.5;

/** What somebody who follows a control plane may look at. */
export interface ServerView {
  /** The newest. */
  report(): CompilationReport | undefined;
  xds(): XdsStatus;
  /** What Envoys refused. */
  refusals(): readonly Diagnostic[];
}

/** Is told what a control plane does, and does something of its own with it. */
export interface Follower {
  /** After a compilation, with the findings that came up, and after every answer of an Envoy. */
  changed(raised: readonly Diagnostic[]): void;
  stop(): Promise<void>;
}

/** A control plane that serves. */
export interface RunningServer {
  readonly xdsPort: number;
  readonly adminPort: number;
  /** Fails readiness, ends the streams over `drainMs` milliseconds, and releases everything. */
  stop(drainMs: number): Promise<void>;
}

/**
 * Starts the sources, the xDS port and the admin port. Both ports are open before the sources are read, so that readiness can be
 * asked for; Envoys that come early wait.
 *
 * @throws Error of the world: a path that can’t be read, a port that is taken, a certificate that can’t be used
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { log, now, policy } = options;
  countExternalMemoryAsHeap();
  const store = new SnapshotStore();
  const encoder = new ResourceEncoder<MessageName>(encodeAnyByName, options.secretVersionKey);
  const { xdsSecurity } = options;
  const secured = xdsSecurity && (await secure(xdsSecurity, now()));
  const metrics = new Metrics(VERSION);
  const versions = new CertificateVersions();
  const state = options.state && (await LastGoodState.open(options.state, options.paths, { log, now }));
  let newest: CompilationReport | undefined;
  let policyFindings: readonly Diagnostic[] = [];
  let draining = false;
  let follower: Follower | undefined;
  const xds = new XdsServer({
    store,
    identifier: `countersign/${VERSION} ${options.replica ?? hostname()}`,
    ...(options.limits && { limits: options.limits }),
    observer: observers(
      loggingObserver(log),
      metrics.observer,
      answersTo(() => follower?.changed([])),
    ),
    now,
  });
  const files = new FilesSource(options.paths, state?.restored && { restored: state.restored.files });
  const rehearser =
    options.rehearse &&
    new BackgroundRehearser({ ...options.rehearse, now, onOutcome: () => controlPlane.recompile() });
  const controlPlane: ControlPlane = new ControlPlane({
    sources: [...(options.paths.length > 0 ? [files] : []), ...(options.sources ?? [])],
    ...(options.following && { following: options.following }),
    ...(state?.restored && { restored: state.restored }),
    policy,
    encoder,
    store,
    now,
    maxDeletion: options.maxDeletion ?? DEFAULT_MAX_DELETION,
    ...(rehearser !== undefined && { rehearser }),
    onNothing: () =>
      log.warn(
        'there is not one definition: nothing is served until there is, so that Envoys keep what they have; --max-deletion 100 serves nothing all the same',
      ),
    onCompiled: (report) => {
      logCompilation(log, report);
      const lacking = lackingGroup(policy, report);
      if (lacking !== undefined && newest?.compilation.definitions.hasGroup(lacking.ambassadorId) !== false)
        log.warn(
          lacking,
          'no definition belongs to the node group that is served: its Envoys get an empty configuration',
        );
      newest = report;
      versions.published(report);
      metrics.compiled(metricsOf(report));
      state?.changed(
        () => ({ ...report.compilation, files: files.lastGood(), input: controlPlane.input }),
        report.compilation,
      );
      follower?.changed(report.raised);
      options.onCompiled?.(report);
    },
    onFailure: (error) => {
      metrics.failed();
      const problem = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
      log.error({ problem }, 'compilation failed; the last configuration stays');
    },
  });
  const ready = () => controlPlane.ready && !draining;
  const admin = new AdminServer(
    {
      ready,
      status: () => statusDocument(ready(), newest, xds.status(), policyFindings, state),
      certificates: () => certificatesDocument(newest, versions, xds.secretsOfNodes()),
      confirmDeletion: (token) => controlPlane.confirmDeletion(token),
    },
    metrics,
  );
  metrics.watchXds(() => xds.status());
  if (state !== undefined) metrics.watchState(() => state.status);
  const stops: (() => Promise<void>)[] = state === undefined ? [] : [() => state.close()];
  const stopAll = async () => {
    for (const stop of stops.toReversed()) await stop();
  };
  try {
    const { port: adminPort } = await listening('--admin', admin.listen(options.admin));
    stops.push(() => admin.close());
    const { port: xdsPort } = await listening('--xds', xds.listen(options.xds, secured));
    let drainMs = 0;
    stops.push(() => xds.drain(drainMs));
    if (xdsSecurity !== undefined && secured !== undefined) {
      const use = (renewed: XdsTls) => xds.useTls(renewed);
      stops.push(watchXdsTls(xdsSecurity.tls, { current: secured.tls, log, now, use }));
      if (xdsSecurity.access === 'any-client')
        log.warn('--xds-any-client: any client certificate of --xds-ca may be any node and gets every private key');
      else {
        const readers = {
          use: (renewed: AccessPolicy) => xds.useAccess(renewed),
          findings: (findings: readonly Diagnostic[]) => void (policyFindings = findings),
        };
        stops.push(watchAccessPolicy(xdsSecurity.access.policyFile, log, readers));
      }
    }
    stops.push(() => controlPlane.stop());
    if (rehearser !== undefined) stops.push(() => rehearser.stop());
    log.info({ xds: options.xds, xdsPort, tls: secured !== undefined, adminPort, strict: policy.strict }, 'listening');
    follower = options.follow?.({
      report: () => newest,
      xds: () => xds.status(),
      refusals: () =>
        refusalDiagnostics(
          xds.status(),
          [...(newest?.compilation.groups.values() ?? [])].map(({ snapshot }) => snapshot),
        ),
    });
    stops.push(async () => await follower?.stop());
    await controlPlane.start();
    return {
      xdsPort,
      adminPort,
      stop: async (milliseconds) => {
        drainMs = milliseconds;
        draining = true;
        await stopAll();
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function secure({ tls, access }: XdsSecurity, at: Date): Promise<Secured> {
  return {
    tls: await readXdsTls(tls, at),
    access: access === 'any-client' ? access : await readAccessPolicyFile(access.policyFile),
  };
}

/** Says which flag names the address, where it can't be listened on. */
async function listening<T>(flag: string, attempt: Promise<T>): Promise<T> {
  return attempt.catch((error: unknown) => {
    throw types.isNativeError(error) && 'code' in error ? new CommandFailure(`${flag}: ${error.message}`) : error;
  });
}

/** The node group that is served alone, and those that there are, if no definition belongs to it. */
function lackingGroup({ ambassadorId }: Policy, { compilation: { definitions } }: CompilationReport) {
  return ambassadorId === undefined || definitions.hasGroup(ambassadorId)
    ? undefined
    : { ambassadorId, groups: definitions.groups() };
}

function metricsOf(report: CompilationReport) {
  const { compilation, diagnostics, stageSeconds } = report;
  let certificates: readonly ReturnType<typeof expiryOf>[] | undefined;
  return {
    stageSeconds,
    diagnostics,
    quarantined: compilation.quarantined,
    snapshots: [...compilation.groups.values()].map(({ snapshot }) => snapshot),
    certificates: () => (certificates ??= servedCertificates(report).map(expiryOf)),
  };
}

function expiryOf({ name, kind, notBefore, notAfter }: ReturnType<typeof servedCertificates>[number]) {
  return { name, kind, notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
}

/** Calls when an Envoy comes, answers or goes. */
function answersTo(tell: () => void): XdsObserver {
  return { ack: tell, nack: tell, closed: tell };
}
