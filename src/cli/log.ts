import pino, { type Logger } from 'pino';
import type { CompilationReport } from '../control-plane';
import type { Diagnostic } from '../diagnostics/diagnostic';
import type { XdsObserver } from '../xds';

export type { Logger } from 'pino';

/** Structured logs on standard output, one JSON object a line. */
export function createLogger(level: string, destination?: pino.DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Tells what a compilation changed: new findings, settled ones, and the groups that have new resources. */
export function logCompilation(
  log: Logger,
  { compilation, raised, settled, published, stageSeconds }: CompilationReport,
): void {
  for (const finding of raised) log[levelOf(finding)](describe(finding), 'diagnostic raised');
  for (const finding of settled) log.info(describe(finding), 'diagnostic settled');
  if (published.length === 0) return;
  const milliseconds = Object.fromEntries(
    [...stageSeconds].map(([stage, seconds]) => [stage, Math.round(seconds * 1000)]),
  );
  for (const group of published) {
    const types = compilation.groups.get(group)?.snapshot.types;
    if (types === undefined) continue;
    const resources = Object.fromEntries(Object.entries(types).map(([type, set]) => [type, set.resources.size]));
    log.info({ group, resources, quarantined: compilation.quarantined, milliseconds }, 'configuration published');
  }
}

/**
 * Tells of Envoys that connect and leave, and of refusals; never of Envoy’s own text, which can quote a private key. A stream is worth a
 * line once its node is known: whatever connects and says nothing is only for debugging.
 */
export function loggingObserver(log: Logger): XdsObserver {
  const connected = new Set<number>();
  const failed = failedHandshakes(log);
  return {
    closed: ({ id, node, group, peer, identity }, reason) => {
      const known = connected.delete(id);
      const level = reason === 'denied' ? 'warn' : known ? 'info' : 'debug';
      log[level]({ stream: id, node: node?.id, group, peer, identity, reason }, 'stream closed');
    },
    turnedAway: (peer, reason) => {
      if (reason === 'handshake') failed(peer);
      else log.debug({ peer, reason }, 'call turned away');
    },
    subscribed: ({ id, node, group, peer, identity, protocol }, type) => {
      if (!connected.has(id))
        log.info({ stream: id, node: node?.id, group, peer, identity, protocol }, 'stream opened');
      connected.add(id);
      log.debug({ stream: id, node: node?.id, group, type }, 'subscribed');
    },
    ack: ({ node, group }, { type, version }) =>
      log.debug({ node: node?.id, group, type, version }, 'configuration accepted'),
    nack: ({ node, group }, { type, version, reason, rejected, suspects }) =>
      log.error(
        {
          node: node?.id,
          group,
          type,
          version,
          reason,
          suspects,
          rejected: rejected.map(({ name, origins }) => ({
            name,
            definitions: origins.map(
              ({ kind, namespace, name: definition, location }) =>
                `${kind} ${namespace}/${definition} ${location.file}:${location.line}:${location.column}`,
            ),
          })),
        },
        'configuration refused by Envoy',
      ),
  };
}

function levelOf({ severity }: Diagnostic): 'error' | 'warn' | 'info' {
  return severity === 'warning' ? 'warn' : severity;
}

function describe({ code, message, consequence, fix, location, subject }: Diagnostic) {
  return {
    code,
    finding: message,
    ...(consequence !== undefined && { consequence }),
    fix,
    ...(location && { at: `${location.file}:${location.line}:${location.column}` }),
    ...(subject && { definition: `${subject.kind} ${subject.namespace}/${subject.name}` }),
  };
}

const TOLD_EVERY_MS = 10_000;

/** The first of them, and then how many there were: whoever attacks the port must not fill the log. */
function failedHandshakes(log: Logger): (peer: string) => void {
  let [quietUntil, count] = [0, 0];
  return (peer) => {
    count += 1;
    if (Date.now() < quietUntil) return;
    const why = 'no client certificate that --xds-ca accepts, or the peer refused ours';
    log.warn({ peer, count }, `a TLS handshake on the xDS port failed: ${why}`);
    [quietUntil, count] = [Date.now() + TOLD_EVERY_MS, 0];
  };
}
