/**
 * Kinds without whose definitions others are served otherwise: unauthenticated, to whom they are barred, in cleartext, on other ports,
 * without limits, or, where a Host would link the TLSContext of its name, without asking for client certificates. That
 * there is one must be known even if nothing else of it is; the one that is missed the most comes first.
 */
export const GUARDING_KINDS: readonly string[] = [
  'AuthService',
  'Module',
  'Host',
  'Listener',
  'RateLimitService',
  'Ingress',
  'TLSContext',
];
