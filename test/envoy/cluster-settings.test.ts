import { cluster } from '../../src/envoy/cluster';
import type { ClusterSettings } from '../../src/ir/cluster-settings';
import { aCluster, json } from './pieces';

const NAME = 'envoy.config.cluster.v3.Cluster';
const emitted = (settings: Partial<ClusterSettings>) =>
  json(NAME, cluster(aCluster({ settings: { connectTimeoutMs: 3000, http2: false, ...settings } })));
const http = (options: object) => ({
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': expect.objectContaining(options),
  },
});

test.each<[Partial<ClusterSettings>, object]>([
  [
    { circuitBreakers: [{ priority: 'high', maxConnections: 0, maxRetries: 1 }] },
    { circuit_breakers: { thresholds: [{ priority: 'HIGH', max_connections: 0, max_retries: 1 }] } },
  ],
  [{ loadBalancer: 'least_request' }, { lb_policy: 'LEAST_REQUEST' }],
  [{ loadBalancer: 'ring_hash' }, { lb_policy: 'RING_HASH' }],
  [
    { keepalive: { idleTime: 1, interval: 2, probes: 3 } },
    {
      upstream_connection_options: {
        tcp_keepalive: { keepalive_time: 1, keepalive_interval: 2, keepalive_probes: 3 },
      },
    },
  ],
  [
    { idleTimeoutMs: 0, maxConnectionLifetimeMs: 1500 },
    http({ common_http_protocol_options: { idle_timeout: '0s', max_connection_duration: '1.500s' } }),
  ],
  [
    { http2: true, idleTimeoutMs: 1000 },
    http({
      explicit_http_config: { http2_protocol_options: {} },
      common_http_protocol_options: { idle_timeout: '1s' },
    }),
  ],
  [{ logicalDns: true }, { type: 'LOGICAL_DNS' }],
  [{ respectDnsTtl: true }, { type: 'STRICT_DNS', respect_dns_ttl: true }],
  [{}, { dns_lookup_family: 'V4_ONLY' }],
  [{ addresses: 'ipv6' }, { dns_lookup_family: 'V6_ONLY' }],
])('%j', (settings, expected) => expect(emitted(settings)).toMatchObject(expected));

test('a lifetime of 0 is no limit: nothing is said', () => {
  expect(emitted({ maxConnectionLifetimeMs: 0 })).not.toHaveProperty('typed_extension_protocol_options');
});

test('health checks have names only where there are several, and ranges end after their last status', () => {
  const check = { timeoutMs: 1, intervalMs: 2, unhealthyThreshold: 3, healthyThreshold: 4 };
  const headers = { add: [], remove: [] };
  const one = {
    ...check,
    protocol: { type: 'http', path: '/', headers, expected: [{ first: 200, last: 204 }] },
  } as const;
  const other = { ...check, protocol: { type: 'grpc', service: 'a' } } as const;
  expect(emitted({ healthChecks: [one] })).toMatchObject({
    health_checks: [{ http_health_check: { path: '/', expected_statuses: [{ start: '200', end: '205' }] } }],
  });
  expect(emitted({ healthChecks: [one, other] })).toMatchObject({
    health_checks: [{ name: '1' }, { name: '2', grpc_health_check: { service_name: 'a' } }],
  });
});
