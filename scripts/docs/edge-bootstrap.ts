import { basename, join } from 'node:path';
import { bootstrapDocument, bootstrapYaml, type JsonObject, xdsTlsFiles } from '../../src/cli/bootstrap-document';

/** What the chart's templates put the values in place of. */
const XDS_HOST = 'xds.countersign.invalid';
const AMBASSADOR_ID = 'ambassador-id-placeholder';
/** Where the Pods of the chart have their certificate, and these files. */
const TLS_DIR = '/etc/envoy/xds';
const OWN_DIR = '/etc/envoy/bootstrap';
const MONITORING_PORT = 9900;

const FOLDER = 'deploy/helm/countersign/files/edge';
const CONNECTION_MANAGER =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const ROUTER = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';

/** The bootstrap of the chart's edge, with the files that it names, by path. */
export function edgeBootstrapFiles(): readonly (readonly [string, string])[] {
  const document = bootstrapDocument({
    role: 'edge',
    ambassadorId: AMBASSADOR_ID,
    xds: { host: XDS_HOST, port: 18000 },
    xdsTlsDir: TLS_DIR,
    sdsDir: OWN_DIR,
  });
  return [
    [join(FOLDER, 'envoy.yaml'), bootstrapYaml(withMonitoring(document))],
    ...xdsTlsFiles(TLS_DIR, OWN_DIR).map(
      ({ path, document: file }) => [join(FOLDER, basename(path)), `${JSON.stringify(file, null, 2)}\n`] as const,
    ),
  ];
}

/** Readiness and metrics of the admin interface, which stays on loopback, for the kubelet and Prometheus. */
function withMonitoring(document: JsonObject): JsonObject {
  const { static_resources: own } = document as {
    readonly static_resources: { readonly clusters: readonly JsonObject[] };
  };
  const admin = { socket_address: { address: '127.0.0.1', port_value: 9901 } };
  return {
    ...document,
    static_resources: {
      clusters: [
        ...own.clusters,
        {
          name: 'admin',
          type: 'STATIC',
          connect_timeout: '1s',
          load_assignment: { cluster_name: 'admin', endpoints: [{ lb_endpoints: [{ endpoint: { address: admin } }] }] },
        },
      ],
      listeners: [
        {
          name: 'monitoring',
          // It must be reached when clients have used up the connections.
          ignore_global_conn_limit: true,
          address: { socket_address: { address: '0.0.0.0', port_value: MONITORING_PORT } },
          filter_chains: [{ filters: [{ name: 'http', typed_config: connectionManager() }] }],
        },
      ],
    },
  };
}

function connectionManager(): JsonObject {
  return {
    '@type': CONNECTION_MANAGER,
    stat_prefix: 'monitoring',
    route_config: {
      virtual_hosts: [{ name: 'monitoring', domains: ['*'], routes: ['/ready', '/stats/prometheus'].map(onlyGet) }],
    },
    http_filters: [{ name: 'router', typed_config: { '@type': ROUTER } }],
  };
}

function onlyGet(path: string): JsonObject {
  return {
    match: { path, headers: [{ name: ':method', string_match: { exact: 'GET' } }] },
    route: { cluster: 'admin' },
  };
}
