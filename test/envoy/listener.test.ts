import { listener } from '../../src/envoy/listener';
import type { FilterChain } from '../../src/ir/listener';
import { OPTIONS, aListener, aRoute, downstreamTls, http, json, TOLD, VERIFIED } from './pieces';

const NAME = 'envoy.config.listener.v3.Listener';
const ROUTES = [aRoute({ type: 'direct_response', status: 200, body: '' })];
const CLEARTEXT: FilterChain = {
  name: 'http',
  match: { transport: 'raw_buffer', serverNames: [] },
  action: http('l/http', ROUTES),
};

function tlsChain(parts: Partial<FilterChain> = {}): FilterChain {
  return {
    name: 'https-a.example',
    match: { transport: 'tls', serverNames: ['a.example'] },
    action: http('l/https-a.example', ROUTES),
    tls: downstreamTls(),
    ...parts,
  };
}

test('a cleartext listener takes its routes from the same stream', () => {
  expect(json(NAME, listener(aListener([CLEARTEXT], { tlsInspector: false })))).toMatchObject({
    name: 'tcp-127.0.0.1-8443',
    address: { socket_address: { address: '127.0.0.1', port_value: 8443 } },
    per_connection_buffer_limit_bytes: 32768,
    filter_chains: [
      {
        name: 'http',
        filter_chain_match: { transport_protocol: 'raw_buffer' },
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              stat_prefix: 'ingress',
              rds: { config_source: { ads: {}, resource_api_version: 'V3' }, route_config_name: 'l/http' },
              use_remote_address: true,
              normalize_path: true,
              forward_client_cert_details: 'SANITIZE',
            },
          },
        ],
      },
    ],
  });
});

test('the PROXY header is read before the ClientHello', () => {
  const message = listener(aListener([tlsChain()], { proxyProtocol: true }));
  expect(message.listener_filters?.map(({ name }) => name)).toEqual([
    'envoy.filters.listener.proxy_protocol',
    'envoy.filters.listener.tls_inspector',
  ]);
  expect(json(NAME, listener(aListener([CLEARTEXT], { tlsInspector: false })))).not.toHaveProperty('listener_filters');
});

test('a client certificate is demanded, verified and told to the upstream', () => {
  const chain = tlsChain({
    tls: downstreamTls({ verification: VERIFIED, requireClientCertificate: true, alpnProtocols: ['h2'] }),
    action: http('r', ROUTES, {
      forwardClientCertificate: TOLD,
      trustedHops: 2,
      options: { ...OPTIONS, stripMatchingHostPort: true },
    }),
  });
  const sds_config = { ads: {}, resource_api_version: 'V3' };
  expect(json(NAME, listener(aListener([chain])))).toMatchObject({
    filter_chains: [
      {
        filter_chain_match: { transport_protocol: 'tls', server_names: ['a.example'] },
        filters: [
          {
            typed_config: {
              xff_num_trusted_hops: 2,
              strip_matching_host_port: true,
              forward_client_cert_details: 'SANITIZE_SET',
              set_current_client_cert_details: { subject: true, cert: true, dns: true, uri: true },
            },
          },
        ],
        transport_socket: {
          name: 'envoy.transport_sockets.tls',
          typed_config: {
            require_client_certificate: true,
            common_tls_context: {
              alpn_protocols: ['h2'],
              tls_certificate_sds_secret_configs: [{ name: 'default/edge', sds_config }],
              combined_validation_context: {
                default_validation_context: {},
                validation_context_sds_secret_config: { name: 'default/ca/ca', sds_config },
              },
            },
          },
        },
      },
    ],
  });
});

test('a blocked chain has no certificate and no HTTP', () => {
  const { tls: _, ...chain } = tlsChain({ name: 'blocked-a.example', action: { type: 'blocked' } });
  expect(json(NAME, listener(aListener([chain])))).toMatchObject({
    filter_chains: [
      {
        name: 'blocked-a.example',
        filters: [{ name: 'envoy.filters.network.direct_response' }],
      },
    ],
  });
  expect(JSON.stringify(json(NAME, listener(aListener([chain]))))).not.toContain('transport_socket');
});
