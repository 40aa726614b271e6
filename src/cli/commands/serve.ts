import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { GivenSource } from '../../sources/given';
import { DEFAULT_LIMITS, parseListenAddress } from '../../xds';
import { consulDocuments, consulSource } from '../consul';
import { type Environment, variable } from '../environment';
import type { StateOptions } from '../last-good-state';
import { CommandFailure, EXIT, type ExitCode } from '../exit-code';
import { addInput, type InputFlags, kubernetesSourceOf } from '../input';
import { followWithStatus } from '../kubernetes/status-follower';
import { istioCertsSource } from '../istio-certs';
import { createLogger } from '../log';
import { variableNotices } from '../ambassador-variables';
import { type PolicyFlags, addAmbassadorIdOption, addPolicyOptions, onlyGroup, policyOf } from '../policy-options';
import { DEFAULT_MAX_DELETION, startServer } from '../server';
import { addXdsSecurityOptions, type XdsSecurityFlags, xdsSecurityOf } from '../xds-security';

/** Shorter than Kubernetes’ grace period of 30 s. */
const DRAIN_SECONDS = 10;
/**
 * Versions of Secrets are HMACs under this key unless `--secret-version-key` gives one. What is served as a Secret holds a whole
 * private key, which nobody guesses, so the default need not be secret; it makes versions equal on all replicas.
 */
const DEFAULT_VERSION_KEY = Buffer.from('countersign/secret-version/v1');

const MINUTE_MS = 60_000;

interface Flags extends PolicyFlags, InputFlags, XdsSecurityFlags {
  readonly xds: string;
  readonly admin: string;
  readonly xdsConnectionAge: number;
  readonly xdsStreamsPerClient: number;
  readonly drainTime: number;
  readonly maxDeletion: number;
  readonly replicaName?: string;
  readonly secretVersionKey?: string;
  readonly state?: string;
  readonly stateKey?: string;
  readonly kubernetesStatus: boolean;
  readonly ingressService?: string;
  readonly logLevel: string;
  readonly rehearse?: 'warn' | 'block';
}

/** `countersign serve PATH…`: the control plane. */
export function serveCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  addInput(addXdsSecurityOptions(addAmbassadorIdOption(addPolicyOptions(program.command('serve')))))
    .description('run the control plane: watch definitions, serve them to Envoys over ADS')
    .option('--xds <address>', 'where Envoys connect: HOST:PORT or unix:PATH', '127.0.0.1:18000')
    .option('--admin <address>', 'health, metrics and status: HOST:PORT', '127.0.0.1:18001')
    .addOption(
      new Option('--xds-connection-age <minutes>', 'how long an Envoy stays on one replica, give or take a tenth')
        .argParser(positive)
        .default(DEFAULT_LIMITS.connectionAgeMs / MINUTE_MS),
    )
    .addOption(
      new Option('--xds-streams-per-client <count>', 'streams that one identity may have open')
        .argParser(positive)
        .default(DEFAULT_LIMITS.streamsPerIdentity),
    )
    .addOption(
      new Option('--drain-time <seconds>', 'how long the streams are ended over after SIGTERM')
        .argParser(positive)
        .default(DRAIN_SECONDS),
    )
    .addOption(
      new Option('--max-deletion <percent>', 'share of the definitions that may be gone at once; 100 lets all go')
        .argParser(percent)
        .default(100 * DEFAULT_MAX_DELETION),
    )
    .option(
      '--no-kubernetes-status',
      'write nothing to the Kubernetes API: no conditions on objects, no Events, no Lease',
    )
    .option(
      '--ingress-service <namespace/name>',
      'the Service in front of the Envoys: its addresses are told on the Ingresses that are served',
    )
    .option('--replica-name <name>', 'what Envoys are told of this process (default: the host name)')
    .option(
      '--secret-version-key <file>',
      'key for the versions of Secrets, at least 16 bytes, the same on every replica',
    )
    .option('--state <dir>', 'folder in which what is last good outlives the process (COUNTERSIGN_STATE)')
    .option(
      '--state-key <file>',
      'key that seals the state, 32 bytes; without one it holds no Secrets (COUNTERSIGN_STATE_KEY)',
    )
    .addOption(
      new Option(
        '--rehearse <mode>',
        'shake hands with upstreams whose TLS changes: warn of what fails, or block Secrets that they refuse',
      ).choices(['warn', 'block']),
    )
    .addOption(
      new Option('--log-level <level>', 'least level that is logged')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .addHelpText(
      'after',
      `
Definitions are watched: save a file, and the Envoys have it. A file, definition or Secret that is bad leaves its last good version
in service, with --state and --state-key after a restart too. Every ambassador_id is served at once, unless one is named; an Envoy's bootstrap says which one it is.

The admin address answers /healthz, /readyz, /metrics (Prometheus) and /status (JSON) to anybody who reaches it; none of them holds
keys. Logs are JSON lines on standard output. SIGTERM and SIGINT drain: readiness fails, streams end over --drain-time, Envoys keep serving; a
second one ends it at once.

Exit code: 0 drained, 3 wrong usage, a port that is taken, or a path that cannot be read.

Examples:
  countersign serve config/
  countersign serve --kubernetes --namespace edge
  countersign serve --strict --xds 0.0.0.0:18000 --xds-cert tls.crt --xds-key tls.key --xds-ca ca.crt \\
    --xds-policy xds-policy.yaml config/ secrets/
  curl http://127.0.0.1:18001/readyz`,
    )
    .action(async (paths: string[], flags: Flags) => {
      listenAddress('--xds', flags.xds);
      listenAddress('--admin', flags.admin);
      const xdsSecurity = xdsSecurityOf(flags, flags.xds);
      const log = createLogger(flags.logLevel);
      for (const notice of variableNotices(environment)) log.warn(notice);
      // Before anything is started: a signal that comes meanwhile must drain too.
      const stopped = signalled();
      const policy = { ...policyOf(flags, environment), ...onlyGroup(flags, environment), asksConsul: true };
      const kubernetes = await kubernetesSourceOf(paths, flags, policy, {
        onTrouble: (collection, trouble) => {
          if (trouble === undefined) log.info({ collection }, 'the Kubernetes API is read again');
          else log.warn({ collection, ...trouble }, 'the Kubernetes API cannot be read');
        },
        onFailure: (error) =>
          log.error(
            { problem: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown' },
            'what the Kubernetes API has cannot be taken over; what was read before stays',
          ),
      });
      if (kubernetes !== undefined) log.info({ server: kubernetes.api.access.server }, 'reads the Kubernetes API');
      const istioCerts = istioCertsSource(flags, policy, environment);
      const status = {
        namespace: variable('POD_NAMESPACE', environment) ?? kubernetes?.api.access.namespace ?? 'default',
        identity: `${flags.replicaName ?? hostname()}_${randomBytes(4).toString('hex')}`,
        log,
        now: environment.now,
        ...(flags.ingressService !== undefined && { ingressService: flags.ingressService }),
      };
      const server = await startServer({
        paths,
        sources: [
          ...(kubernetes === undefined ? [] : [kubernetes.source]),
          ...(istioCerts === undefined ? [] : [istioCerts]),
          ...(flags.consul === undefined ? [] : [new GivenSource(consulDocuments(flags, policy))]),
        ],
        following: consulSource(environment),
        ...(kubernetes &&
          flags.kubernetesStatus && { follow: (view) => followWithStatus({ ...kubernetes, ...status }, view) }),
        policy,
        xds: flags.xds,
        ...(xdsSecurity !== undefined && { xdsSecurity }),
        ...(flags.replicaName !== undefined && { replica: flags.replicaName }),
        limits: {
          streamsPerIdentity: flags.xdsStreamsPerClient,
          connectionAgeMs: flags.xdsConnectionAge * MINUTE_MS,
        },
        admin: flags.admin,
        maxDeletion: flags.maxDeletion / 100,
        ...stateOf(flags, environment),
        ...(flags.rehearse !== undefined && { rehearse: { mode: flags.rehearse } }),
        secretVersionKey:
          flags.secretVersionKey === undefined ? DEFAULT_VERSION_KEY : await versionKey(flags.secretVersionKey),
        log,
        now: environment.now,
      });
      const signal = await stopped;
      log.info({ signal }, 'draining');
      // The same signal once more ends it at once: nobody listens for it any longer.
      await server.stop(flags.drainTime * 1000);
      log.info('stopped');
      exit(EXIT.clean);
    });
}

function stateOf(flags: Flags, environment: Environment): { readonly state?: StateOptions } {
  const folder = flags.state ?? variable('COUNTERSIGN_STATE', environment);
  const keyFile = flags.stateKey ?? variable('COUNTERSIGN_STATE_KEY', environment);
  if (folder === undefined && keyFile !== undefined) throw new CommandFailure('--state-key needs --state');
  return folder === undefined ? {} : { state: { folder, ...(keyFile !== undefined && { keyFile }) } };
}

function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  });
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || value > 1e6) throw new InvalidArgumentError('it must be a number above 0');
  return value;
}

function percent(text: string): number {
  const value = Number(text);
  if (text === '' || !(value >= 0 && value <= 100)) throw new InvalidArgumentError('it must be a number from 0 to 100');
  return value;
}

function listenAddress(flag: string, text: string): void {
  try {
    parseListenAddress(text);
  } catch (error) {
    throw new CommandFailure(`${flag}: ${error instanceof Error ? error.message : 'invalid address'}`);
  }
}

async function versionKey(file: string): Promise<Buffer> {
  const key = await readFile(file).catch((cause: unknown) => {
    throw new Error(`cannot read ${file}`, { cause });
  });
  if (key.length < 16) throw new CommandFailure(`${file} has fewer than 16 bytes`);
  return key;
}
