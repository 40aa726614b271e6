import { type Answer, answerTo } from './client';
import { Envoy } from './envoy';
import { freePort } from './port';

const TYPES = 'type.googleapis.com/envoy.extensions';

/** Node speaks no HTTP/3, so an Envoy does: it takes HTTP/1.1 and sends it on over QUIC, with the server name that a header asks for. */
export class Http3Client {
  readonly #envoy: Envoy;
  readonly #port: number;

  private constructor(envoy: Envoy, port: number) {
    this.#envoy = envoy;
    this.#port = port;
  }

  static async start(options: {
    /** UDP, on 127.0.0.1. */
    readonly port: number;
    /** PEM: who the server's certificate must come from. */
    readonly ca: string;
    readonly serverNames: readonly string[];
    readonly certificate?: { readonly chainPem: string; readonly privateKeyPem: string };
  }): Promise<Http3Client> {
    const port = await freePort();
    const envoy = await Envoy.start({
      static_resources: { listeners: [listener(port, options.serverNames)], clusters: clusters(options) },
    });
    await envoy.admin.listening(port);
    return new Http3Client(envoy, port);
  }

  /** 503 where no connection comes about. */
  async send(serverName: string, authority = serverName, path = '/'): Promise<Answer> {
    return await answerTo({ port: this.#port, path, headers: { 'x-sni': serverName, 'x-authority': authority } });
  }

  async stop(): Promise<void> {
    await this.#envoy.stop();
  }
}

function listener(port: number, serverNames: readonly string[]): object {
  const routes = serverNames.map((name) => ({
    match: { prefix: '/', headers: [{ name: 'x-sni', string_match: { exact: name } }] },
    route: { cluster: name, host_rewrite_header: 'x-authority' },
  }));
  return {
    address: { socket_address: { address: '127.0.0.1', port_value: port } },
    filter_chains: [
      {
        filters: [
          {
            name: 'http',
            typed_config: {
              '@type': `${TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
              stat_prefix: 'client',
              route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes }] },
              http_filters: [{ name: 'router', typed_config: { '@type': `${TYPES}.filters.http.router.v3.Router` } }],
            },
          },
        ],
      },
    ],
  };
}

function clusters({ port, ca, serverNames, certificate }: Parameters<typeof Http3Client.start>[0]): readonly object[] {
  return serverNames.map((name) => ({
    name,
    load_assignment: {
      cluster_name: name,
      endpoints: [
        {
          lb_endpoints: [{ endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } } }],
        },
      ],
    },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': `${TYPES}.upstreams.http.v3.HttpProtocolOptions`,
        explicit_http_config: { http3_protocol_options: {} },
      },
    },
    transport_socket: {
      name: 'envoy.transport_sockets.quic',
      typed_config: {
        '@type': `${TYPES}.transport_sockets.quic.v3.QuicUpstreamTransport`,
        upstream_tls_context: {
          sni: name,
          common_tls_context: {
            validation_context: { trusted_ca: { inline_string: ca } },
            ...(certificate !== undefined && {
              tls_certificates: [
                {
                  certificate_chain: { inline_string: certificate.chainPem },
                  private_key: { inline_string: certificate.privateKeyPem },
                },
              ],
            }),
          },
        },
      },
    },
  }));
}
