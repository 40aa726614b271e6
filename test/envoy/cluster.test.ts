import { cluster } from '../../src/envoy/cluster';
import { aCluster, json, upstreamTls, VERIFIED } from './pieces';

const NAME = 'envoy.config.cluster.v3.Cluster';
const loadAssignment = (address: string) => ({
  cluster_name: 'one',
  endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address, port_value: 443 } } } }] }],
});

test('a DNS name is resolved by Envoy, to IPv4', () => {
  expect(
    json(NAME, cluster(aCluster({ altStatName: 'stem', settings: { connectTimeoutMs: 1500, http2: false } }))),
  ).toEqual({
    name: 'one',
    alt_stat_name: 'stem',
    type: 'STRICT_DNS',
    dns_lookup_family: 'V4_ONLY',
    connect_timeout: '1.500s',
    per_connection_buffer_limit_bytes: 32768,
    load_assignment: loadAssignment('one.default'),
  });
});

test('an address stands as it is', () => {
  const message = json(NAME, cluster(aCluster({ discovery: { type: 'static', address: '::1', port: 443 } })));
  expect(message).toMatchObject({ type: 'STATIC', load_assignment: loadAssignment('::1') });
  expect(message).not.toHaveProperty('dns_lookup_family');
});

test('endpoints come over the same stream', () => {
  const message = json(NAME, cluster(aCluster({ discovery: { type: 'eds', serviceName: 'k8s/default/one/443' } })));
  const eds_config = { ads: {}, resource_api_version: 'V3' };
  expect(message).toMatchObject({
    type: 'EDS',
    eds_cluster_config: { eds_config, service_name: 'k8s/default/one/443' },
  });
  expect(message).not.toHaveProperty('load_assignment');
});

test('HTTP/2', () => {
  expect(json(NAME, cluster(aCluster({ settings: { connectTimeoutMs: 3000, http2: true } })))).toMatchObject({
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  });
});

test('a client certificate and a CA are named, not held, and sessions are not resumed', () => {
  const sds_config = { ads: {}, resource_api_version: 'V3' };
  const verification = {
    ...VERIFIED,
    subjectAltNames: [
      { type: 'dns', match: 'exact', value: 'one.example' },
      { type: 'uri', match: 'prefix', value: 'spiffe://example/' },
      { type: 'email', match: 'suffix', value: '@example' },
      { type: 'ip', match: 'regex', value: '10\\..*' },
    ],
  } as const;
  const tls = upstreamTls({
    clientCertificate: 'default/client',
    verification,
    sni: 'one.example',
    alpnProtocols: ['h2', 'http/1.1'],
  });
  expect(json(NAME, cluster(aCluster({ tls })))).toMatchObject({
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        common_tls_context: {
          alpn_protocols: ['h2', 'http/1.1'],
          tls_certificate_sds_secret_configs: [{ name: 'default/client', sds_config }],
          combined_validation_context: {
            default_validation_context: {
              match_typed_subject_alt_names: [
                { san_type: 'DNS', matcher: { exact: 'one.example' } },
                { san_type: 'URI', matcher: { prefix: 'spiffe://example/' } },
                { san_type: 'EMAIL', matcher: { suffix: '@example' } },
                { san_type: 'IP_ADDRESS', matcher: { safe_regex: { regex: '10\\..*' } } },
              ],
            },
            validation_context_sds_secret_config: { name: 'default/ca/ca', sds_config },
          },
        },
        sni: 'one.example',
        max_session_keys: 0,
      },
    },
  });
});

test('TLS with nothing to verify against says nothing about it', () => {
  expect(json(NAME, cluster(aCluster({ tls: upstreamTls() })))).toMatchObject({
    transport_socket: {
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        common_tls_context: {},
      },
    },
  });
});
