import type { Diagnostic, Subject } from '../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { moduleConfig } from './module';
import type { Quarantine } from './quarantine';

/** The kinds of which a node group has one definition at most: two could not both decide, limit or trace. */
export const SINGLE_KINDS = ['AuthService', 'RateLimitService', 'TracingService'] as const;

export type SingleKind = (typeof SINGLE_KINDS)[number];

/** What stands before the requests of a node group: nothing, a service that is asked, or a definition that can't be honoured. */
export type Gate<K extends 'AuthService' | 'RateLimitService'> =
  | { readonly type: 'open' }
  | { readonly type: 'asks'; readonly service: Definition<K> }
  | Closed;

/** Requests get 503: what they should be asked of is out of service. */
export interface Closed {
  readonly type: 'closed';
  readonly subject: Subject;
  readonly reason: Diagnostic;
  /** Only those that are labelled for this domain; absent: all. */
  readonly domain?: string;
}

interface Scene {
  readonly definitions: Definitions;
  readonly quarantine: Quarantine;
}

/** In Ambassador's default, and in its documentation's examples. */
const USUAL_DOMAIN = 'ambassador';

/**
 * Who is asked whether requests may pass. Any AuthService out of service, be it only that nothing of it can be read, closes the
 * gate: a mistake in who guards must never mean that nobody does.
 */
export function authGate({ definitions, quarantine }: Scene): Gate<'AuthService'> {
  const broken = outOfService('AuthService', definitions, quarantine);
  const [service] = definitions.of('AuthService');
  if (broken !== undefined) return { type: 'closed', ...broken };
  return service === undefined ? { type: 'open' } : { type: 'asks', service };
}

/**
 * Who is asked about limits. One out of service is treated as it says itself of a service that does not answer
 * (`failure_mode_deny`); where that can't be read, as if it denied.
 */
export function rateLimitGate({ definitions, quarantine }: Scene): Gate<'RateLimitService'> {
  const unread = quarantine.unread('RateLimitService');
  if (unread !== undefined) return { type: 'closed', ...unread };
  const services = definitions.of('RateLimitService');
  for (const service of services) {
    const reason = quarantine.reasonFor(service);
    if (reason === undefined || service.spec.failure_mode_deny !== true) continue;
    return { type: 'closed', subject: subjectOf(service), reason, domain: rateLimitDomain(service, definitions) };
  }
  const service = services.find((candidate) => quarantine.reasonFor(candidate) === undefined);
  return service === undefined ? { type: 'open' } : { type: 'asks', service };
}

/** Whose labels are sent: the service's `domain`, else the Module's `default_label_domain`. */
export function rateLimitDomain({ spec }: Definition<'RateLimitService'>, definitions: Definitions): string {
  return spec.domain ?? moduleConfig(definitions).default_label_domain ?? USUAL_DOMAIN;
}

function outOfService(kind: 'AuthService', definitions: Definitions, quarantine: Quarantine) {
  const unread = quarantine.unread(kind);
  if (unread !== undefined) return unread;
  for (const definition of definitions.of(kind)) {
    const reason = quarantine.reasonFor(definition);
    if (reason !== undefined) return { subject: subjectOf(definition), reason };
  }
  return undefined;
}
