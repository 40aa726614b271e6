import type { Diagnostic } from '../diagnostics/diagnostic';
import type { AnyDefinition } from '../model/definition';
import type { Acceptance, LastGood } from './accept';
import { versionsOf, withHeld } from './held-secrets';

/** What rehearsals of handshakes with the upstreams have found so far. */
export interface RehearsalOutcome {
  /** Versions of Secrets that an upstream refuses, or that make us refuse it, where the version before is accepted; and why. */
  readonly refused: ReadonlyMap<AnyDefinition, string>;
  /** Versions of Secrets whose rehearsal goes on. With a reason, they were refused before. */
  readonly waiting: ReadonlyMap<AnyDefinition, string | undefined>;
  /** Handshakes that do not go through, and hold nothing back. */
  readonly findings: readonly Diagnostic[];
}

/** Holds back the versions of Secrets that did not pass their rehearsal, or have not yet. */
export function keepRehearsed(
  acceptance: Acceptance,
  previous: LastGood,
  since: ReadonlyMap<string, Date>,
  at: Date,
  { refused, waiting }: RehearsalOutcome,
): Acceptance {
  if (refused.size === 0 && waiting.size === 0) return acceptance;
  const versions = versionsOf(acceptance, previous);
  const [held, pending] = [new Map<string, string>(), new Map<string, string>()];
  for (const [key, { served, next }] of versions) {
    if (served === next) continue;
    const why = refused.get(next) ?? waiting.get(next);
    if (why !== undefined) held.set(key, why);
    else if (waiting.has(next)) pending.set(key, 'its handshakes with the upstreams are being rehearsed');
  }
  const rest = withHeld('CS6012', acceptance, versions, held, since, at);
  return withHeld('CS6012', rest, versions, pending, since, at, 'info');
}
