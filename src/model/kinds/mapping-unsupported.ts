import type { Unsupported } from './kind-model';

const error = (effect: string): Unsupported => ({ severity: 'error', effect });
const warning = (effect: string): Unsupported => ({ severity: 'warning', effect });

/** Fields of `Mapping.spec` that Ambassador documents and Countersign does not have yet. */
export const unsupportedMappingFields: Readonly<Record<string, Unsupported>> = {
  load_balancer: error('requests would reach other endpoints than it says'),
  envoy_override: error('the route would differ from what it says'),
  circuit_breakers: warning("Envoy's default circuit breakers apply"),
  outlier_detection: error('failing endpoints would not be ejected; Ambassador refuses the Mapping for it too'),
  health_checks: warning('endpoints are not checked actively'),
  keepalive: warning("the operating system's TCP keepalive applies"),
  dns_type: warning('the name is resolved as strict DNS'),
  respect_dns_ttl: warning("Envoy's own DNS refresh rate applies"),
  enable_ipv4: warning("Envoy's default choice of address family applies"),
  enable_ipv6: warning("Envoy's default choice of address family applies"),
  cluster_idle_timeout_ms: warning("Envoy's default idle timeout for upstream connections applies"),
  cluster_max_connection_lifetime_ms: warning('upstream connections live as long as they are used'),
  cluster_tag: warning("it only prefixes the cluster's name"),
  error_response_overrides: error('error responses would stay as they are; Ambassador refuses the Mapping for it too'),
};

/** Fields of `Mapping.spec` that Ambassador accepts and does nothing with. */
export const ignoredMappingFields: Readonly<Record<string, string>> = {
  bypass_error_response_overrides: 'there are no overrides to bypass',
  docs: 'it only feeds the developer portal',
  modules: 'it means nothing',
  v2ExplicitTLS: 'it only records how a v2 document was written',
  v2BoolHeaders: 'it only records how a v2 document was written',
  v2BoolQueryParameters: 'it only records how a v2 document was written',
};
