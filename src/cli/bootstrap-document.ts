import { isIP } from 'node:net';
import { posix } from 'node:path';
import { stringify } from 'yaml';

/** Where an Envoy stands: an edge takes traffic in from outside, a sidecar stands beside one workload. */
export type BootstrapRole = 'edge' | 'sidecar';

/** Where the control plane answers xDS: a TCP address (name or IP without brackets), or a Unix domain socket. */
export type XdsAddress = { readonly host: string; readonly port: number } | { readonly path: string };

export interface BootstrapOptions {
  readonly role: BootstrapRole;
  /** `node.id`, the name of this one Envoy. Default: the role. */
  readonly nodeId?: string;
  /** `node.metadata.ambassador_id`, which picks the definitions it is served. Default: `default` at the edge, `sidecar` in a sidecar. */
  readonly ambassadorId?: string;
  /** Default: 127.0.0.1:18000, where `countersign serve` listens. */
  readonly xds?: XdsAddress;
  /**
   * Makes the xDS connection mutual TLS (1.3) with the PEM files `tls.crt`, `tls.key` and `ca.crt` of this folder. Envoy reads
   * them through the two files of {@link xdsTlsFiles}, which must lie there too.
   */
  readonly xdsTlsDir?: string;
  /** Where the files of {@link xdsTlsFiles} lie when `xdsTlsDir` is read-only. Default: `xdsTlsDir`. */
  readonly sdsDir?: string;
  /** The admin interface, on loopback only. Default: 9901 at the edge, 9902 in a sidecar, so that both fit on one host. */
  readonly adminPort?: number;
}

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A file that Envoy needs beside its bootstrap. It holds paths, never key material. */
export interface BootstrapFile {
  readonly path: string;
  readonly document: JsonObject;
}

const CLUSTER = 'countersign_xds';
/** Envoy's own limit refuses regular expressions as short as `[0-9a-f-]{36}`; Countersign has limits of its own. */
const RUNTIME = { 're2.max_program_size.error_level': 100_000 } as const;
const ROLES = {
  edge: { ambassadorId: 'default', adminPort: 9901, connections: 50_000 },
  sidecar: { ambassadorId: 'sidecar', adminPort: 9902, connections: 10_000 },
} as const satisfies Record<BootstrapRole, { ambassadorId: string; adminPort: number; connections: number }>;
/** Without a time limit: an Envoy that has never heard from its control plane has no listeners, and must not pass for ready. */
const FROM_ADS = { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' } as const satisfies JsonObject;
const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3';

/**
 * The Envoy bootstrap (`envoy.config.bootstrap.v3.Bootstrap`) that subscribes to Countersign by Delta ADS, in proto-JSON with
 * snake_case names.
 */
export function bootstrapDocument(options: BootstrapOptions): JsonObject {
  const role = ROLES[options.role];
  return {
    node: {
      id: options.nodeId ?? options.role,
      cluster: options.role,
      metadata: { ambassador_id: options.ambassadorId ?? role.ambassadorId },
    },
    admin: {
      address: socketAddress('127.0.0.1', options.adminPort ?? role.adminPort),
      // An operator must still get in when clients have used up the connections.
      ignore_global_conn_limit: true,
    },
    dynamic_resources: {
      ads_config: {
        api_type: 'DELTA_GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: CLUSTER } }],
      },
      cds_config: FROM_ADS,
      lds_config: FROM_ADS,
    },
    static_resources: { clusters: [xdsCluster(options)] },
    layered_runtime: {
      layers: [
        { name: 'countersign', static_layer: RUNTIME },
        { name: 'admin', admin_layer: {} },
      ],
    },
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            max_active_downstream_connections: role.connections,
          },
        },
      ],
    },
  };
}

function xdsCluster(options: BootstrapOptions): JsonObject {
  const xds = options.xds ?? { host: '127.0.0.1', port: 18000 };
  const isName = 'host' in xds && isIP(xds.host) === 0;
  return {
    name: CLUSTER,
    // A name may stand for both families while the control plane listens on one: ALL lets Envoy try each.
    ...(isName ? { type: 'STRICT_DNS', dns_lookup_family: 'ALL' } : { type: 'STATIC' }),
    connect_timeout: '5s',
    load_assignment: {
      cluster_name: CLUSTER,
      endpoints: [
        {
          lb_endpoints: [
            {
              endpoint: {
                address: 'path' in xds ? { pipe: { path: xds.path } } : socketAddress(xds.host, xds.port),
              },
            },
          ],
        },
      ],
    },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: {
          // A control plane that vanished without a FIN is noticed within 35 s; TCP alone would take minutes.
          http2_protocol_options: { connection_keepalive: { interval: '30s', timeout: '5s' } },
        },
      },
    },
    ...(options.xdsTlsDir === undefined ? {} : { transport_socket: xdsTls(xds, options.sdsDir ?? options.xdsTlsDir) }),
  };
}

/** Envoy re-reads certificate files only when they reach it by SDS (`TlsCertificate.watched_directory`), so by SDS they come. */
function xdsTls(xds: XdsAddress, sdsDir: string): JsonObject {
  const trust = sdsSecret('xds_trust', sdsDir);
  const peer = 'host' in xds ? xds.host : undefined;
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TLS}.UpstreamTlsContext`,
      ...(peer !== undefined && isIP(peer) === 0 ? { sni: peer } : {}),
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_3', tls_maximum_protocol_version: 'TLSv1_3' },
        alpn_protocols: ['h2'],
        tls_certificate_sds_secret_configs: [sdsSecret('xds_certificate', sdsDir)],
        ...(peer === undefined
          ? { validation_context_sds_secret_config: trust }
          : {
              combined_validation_context: {
                default_validation_context: {
                  match_typed_subject_alt_names: [
                    { san_type: isIP(peer) === 0 ? 'DNS' : 'IP_ADDRESS', matcher: { exact: peer } },
                  ],
                },
                validation_context_sds_secret_config: trust,
              },
            }),
      },
    },
  };
}

function sdsSecret(name: string, sdsDir: string): JsonObject {
  return {
    name,
    sds_config: {
      resource_api_version: 'V3',
      path_config_source: { path: sdsPath(name, sdsDir), watched_directory: { path: sdsDir } },
    },
  };
}

function sdsPath(name: string, sdsDir: string): string {
  return posix.join(sdsDir, `${name}.sds.json`);
}

/**
 * The two SDS files that a bootstrap with `xdsTlsDir` refers to. They name `tls.crt`, `tls.key` and `ca.crt`, and tell Envoy to
 * read those again whenever a file is renamed into `xdsTlsDir`, which is how `mv` and a Kubernetes Secret volume replace them.
 */
export function xdsTlsFiles(xdsTlsDir: string, sdsDir: string = xdsTlsDir): readonly BootstrapFile[] {
  const file = (name: string): JsonObject => ({ filename: posix.join(xdsTlsDir, name) });
  const watched: JsonObject = { watched_directory: { path: xdsTlsDir } };
  const secrets: readonly (JsonObject & { readonly name: string })[] = [
    {
      name: 'xds_certificate',
      tls_certificate: { certificate_chain: file('tls.crt'), private_key: file('tls.key'), ...watched },
    },
    { name: 'xds_trust', validation_context: { trusted_ca: file('ca.crt'), ...watched } },
  ];
  return secrets.map((secret) => ({
    path: sdsPath(secret.name, sdsDir),
    document: { resources: [{ '@type': `${TLS}.Secret`, ...secret }] },
  }));
}

/** Reads `HOST:PORT`, `[IPv6]:PORT` or `unix:PATH`; undefined when the text is none of them. */
export function parseXdsAddress(text: string): XdsAddress | undefined {
  const unix = /^unix:(?<path>.+)$/.exec(text)?.groups?.['path'];
  if (unix !== undefined) return { path: unix };
  const tcp = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:[\]\s]+)):(?<port>\d{1,5})$/.exec(text)?.groups;
  const host = tcp?.['v6'] ?? tcp?.['name'];
  const port = Number(tcp?.['port']);
  if (host === undefined || port < 1 || port > 65_535 || (tcp?.['v6'] !== undefined && isIP(host) !== 6))
    return undefined;
  return { host, port };
}

/**
 * A bootstrap as YAML. Every string is quoted: Envoy's YAML reader takes the plain scalars `n`, `on` or `0x1` for a boolean or
 * a number, and then refuses them as a node id.
 */
export function bootstrapYaml(document: JsonObject): string {
  return stringify(document, {
    aliasDuplicateObjects: false,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
  });
}

function socketAddress(host: string, port: number): JsonObject {
  return { socket_address: { address: host, port_value: port } };
}
