import type { Diagnostic } from '../diagnostics/diagnostic';
import type { AnyDefinition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { moduleOf } from '../resolution/module';
import type { QuarantineScope, Violation } from '../resolution/quarantine';

/** Of a definition that has an earlier version which is sound: what holds, and since when. */
export function keepsServing(since: Date): string {
  return `the last good version keeps serving (since ${since.toISOString().slice(0, 19).replace('T', ' ')}Z)`;
}

/**
 * What is closed besides a definition that is out of service, in words; undefined if it closes nothing but itself. `rest` is what can
 * still be read of it: where that is nothing, not even its node groups are known (decisions 012 and 014).
 */
export function consequenceOf(
  kind: string,
  rest: AnyDefinition | undefined,
  scope: QuarantineScope = 'all',
): string | undefined {
  const requests = rest === undefined ? 'of every node group' : 'of its node groups';
  if (kind === 'AuthService')
    return `every request ${requests} that is forwarded is answered with 503, unless its Mapping says bypass_auth: true`;
  if (kind === 'Module')
    return scope === 'settings'
      ? 'everything is served without these settings of the Module'
      : `every HTTP request ${requests} is answered with 503`;
  if (kind !== 'RateLimitService') return undefined;
  const denies = rest === undefined || (rest.kind === 'RateLimitService' && rest.spec.failure_mode_deny === true);
  return denies ? `every request ${requests} that carries labels is answered with 503` : undefined;
}

/** The finding of a rule across definitions, with what it closes in this node group. */
export function withConsequence({ diagnostic, scope = 'all' }: Violation, definitions: Definitions): Diagnostic {
  const { severity, subject } = diagnostic;
  if (severity !== 'error' || scope !== 'all' || subject === undefined) return diagnostic;
  const { kind, namespace, name } = subject;
  if (kind !== 'AuthService' && kind !== 'RateLimitService' && kind !== 'Module') return diagnostic;
  const definition = definitions.find(kind, namespace, name);
  // A second Module is left out, and closes nothing.
  if (definition === undefined || (kind === 'Module' && definition !== moduleOf(definitions))) return diagnostic;
  const consequence = consequenceOf(kind, definition as AnyDefinition);
  return consequence === undefined ? diagnostic : { ...diagnostic, consequence };
}
