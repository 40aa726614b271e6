import type { Unsupported } from './kind-model';

const error = (effect: string): Unsupported => ({ severity: 'error', effect });
const warning = (effect: string): Unsupported => ({ severity: 'warning', effect });

/** Fields of `Mapping.spec` that Ambassador documents and Countersign does not have yet. */
export const unsupportedMappingFields: Readonly<Record<string, Unsupported>> = {
  shadow: error('real requests would be sent to the service instead of copies'),
  load_balancer: error('requests would reach other endpoints than it says'),
  envoy_override: error('the route would differ from what it says'),
  add_linkerd_headers: error('Linkerd would route the requests elsewhere'),
  allow_upgrade: warning('Envoy refuses to upgrade connections, to WebSocket for example'),
  use_websocket: warning('Envoy refuses to upgrade connections to WebSocket'),
  cors: warning('Envoy adds no CORS headers, so browsers refuse pages of other origins'),
  retry_policy: warning('failed requests are not retried'),
  circuit_breakers: warning("Envoy's default circuit breakers apply"),
  outlier_detection: warning('failing endpoints are not ejected; Ambassador rejects the Mapping for it'),
  health_checks: warning('endpoints are not checked actively'),
  keepalive: warning("the operating system's TCP keepalive applies"),
  dns_type: warning('the name is resolved as strict DNS'),
  respect_dns_ttl: warning("Envoy's own DNS refresh rate applies"),
  enable_ipv4: warning("Envoy's default choice of address family applies"),
  enable_ipv6: warning("Envoy's default choice of address family applies"),
  cluster_idle_timeout_ms: warning("Envoy's default idle timeout for upstream connections applies"),
  cluster_max_connection_lifetime_ms: warning('upstream connections live as long as they are used'),
  cluster_tag: warning("it only prefixes the cluster's name"),
  priority: warning('requests have the default priority'),
  error_response_overrides: warning('error responses stay as they are; Ambassador rejects the Mapping for it'),
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
