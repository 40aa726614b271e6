import { Envoy } from '../../support/envoy';

const TYPES = 'type.googleapis.com/envoy.extensions';
const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
/** By which Istio’s sidecars know mutual TLS of the mesh. */
const ISTIO_PROTOCOLS = ['istio', 'istio-peer-exchange', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2'];

export interface SidecarOptions {
  readonly port: number;
  /** Of the SDS server of its agent. */
  readonly socket: string;
  /** Where the workload is, on loopback. */
  readonly workload: number;
  readonly mode: 'STRICT' | 'PERMISSIVE';
}

/**
 * A sidecar as istiod configures one for a workload that speaks HTTP: certificates from the agent, clients of the trust domain
 * alone, and their identity in `x-forwarded-client-cert`. In PERMISSIVE mode, what is not mutual TLS of the mesh is passed on in cleartext.
 */
export async function startSidecar(options: SidecarOptions): Promise<Envoy> {
  return await Envoy.start(sidecarBootstrap(options));
}

/** The bootstrap of such a sidecar. */
export function sidecarBootstrap({ port, socket, workload, mode }: SidecarOptions): object {
  const filters = [httpConnectionManager()];
  const mutual = { filters, transport_socket: mutualTls(), name: 'mutual' };
  const chains =
    mode === 'STRICT'
      ? [{ ...mutual, filter_chain_match: { transport_protocol: 'tls' } }]
      : [
          { ...mutual, filter_chain_match: { transport_protocol: 'tls', application_protocols: ISTIO_PROTOCOLS } },
          { filters, name: 'cleartext', filter_chain_match: { transport_protocol: 'raw_buffer' } },
        ];
  return {
    node: { id: 'quote', cluster: 'quote' },
    static_resources: {
      listeners: [
        {
          name: 'inbound',
          address: address(port),
          listener_filters: [
            {
              name: 'tls',
              typed_config: { '@type': `${TYPES}.filters.listener.tls_inspector.v3.TlsInspector` },
            },
          ],
          filter_chains: chains,
        },
      ],
      clusters: [cluster('workload', address(workload)), { ...cluster('sds', { pipe: { path: socket } }), ...http2() }],
    },
  };
}

function address(port: number): object {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}

function cluster(name: string, where: object): object {
  return {
    name,
    type: 'STATIC',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address: where } }] }] },
  };
}

function http2(): object {
  const explicit = { explicit_http_config: { http2_protocol_options: {} } };
  return {
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: { '@type': `${TYPES}.upstreams.http.v3.HttpProtocolOptions`, ...explicit },
    },
  };
}

function httpConnectionManager(): object {
  const route = { match: { prefix: '/' }, route: { cluster: 'workload' } };
  return {
    name: 'http',
    typed_config: {
      '@type': `${TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: 'inbound',
      forward_client_cert_details: 'APPEND_FORWARD',
      set_current_client_cert_details: { uri: true, dns: true, subject: true },
      // Each request begins with a handshake.
      common_http_protocol_options: { max_requests_per_connection: 1 },
      route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [route] }] },
      http_filters: [{ name: 'router', typed_config: { '@type': `${TYPES}.filters.http.router.v3.Router` } }],
    },
  };
}

function mutualTls(): object {
  return {
    name: 'tls',
    typed_config: {
      '@type': `${TYPES}.transport_sockets.tls.v3.DownstreamTlsContext`,
      require_client_certificate: true,
      disable_stateless_session_resumption: true,
      common_tls_context: {
        alpn_protocols: ['h2', 'http/1.1'],
        tls_certificate_sds_secret_configs: [sds('default')],
        combined_validation_context: {
          default_validation_context: {
            match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { prefix: 'spiffe://cluster.local/' } }],
          },
          validation_context_sds_secret_config: sds('ROOTCA'),
        },
      },
    },
  };
}

function sds(name: string): object {
  const grpc = {
    api_type: 'GRPC',
    transport_api_version: 'V3',
    grpc_services: [{ envoy_grpc: { cluster_name: 'sds' } }],
  };
  return { name, sds_config: { resource_api_version: 'V3', api_config_source: grpc } };
}
