import { Envoy } from '../../support/envoy';
import type { Cluster } from '../../kubernetes/support/cluster';
import type { Istio } from './istio';

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
/** Where istiod answers xDS in cleartext. */
const ISTIOD_PORT = 15_010;
/** Of the Pod, by which istiod knows it; nothing is ever sent there. */
const POD_ADDRESS = '10.0.0.9';

export interface Workload {
  readonly istio: Istio;
  /** Where the sidecar listens, on loopback. */
  readonly port: number;
  /** Where the workload is, on loopback. */
  readonly workload: number;
}

/** Istio’s own kinds, as far as they are needed: those that select a sidecar’s ports, and its mode. */
export async function installIstioKinds(cluster: Cluster): Promise<void> {
  await cluster.apply(
    customKind('networking.istio.io', 'Sidecar'),
    customKind('security.istio.io', 'PeerAuthentication'),
  );
  await cluster.kubectl('wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all');
}

export async function setMode(cluster: Cluster, mode: 'STRICT' | 'PERMISSIVE'): Promise<void> {
  await cluster.apply({
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'default' },
    spec: { mtls: { mode } },
  });
}

/** Tells Kubernetes of a Service `quote` with one Pod, and starts the Pod’s sidecar: an Envoy that istiod configures. */
export async function startIstiodSidecar({ istio, port, workload }: Workload): Promise<Envoy> {
  await declare(istio.cluster, port, workload);
  const metadata = { CLUSTER_ID: 'Kubernetes', NAMESPACE: 'default', NAME: 'quote-0', LABELS: { app: 'quote' } };
  const interception = { INTERCEPTION_MODE: 'NONE', SERVICE_ACCOUNT: 'quote' };
  const fromAds = { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' };
  return await Envoy.start({
    node: {
      id: `sidecar~${POD_ADDRESS}~quote-0.default~default.svc.cluster.local`,
      cluster: 'quote.default',
      metadata: { ...metadata, ...interception },
    },
    dynamic_resources: {
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc' } }],
      },
      cds_config: fromAds,
      lds_config: fromAds,
    },
    static_resources: {
      clusters: [
        grpcCluster('xds-grpc', { socket_address: { address: '127.0.0.1', port_value: ISTIOD_PORT } }),
        grpcCluster('sds-grpc', { pipe: { path: istio.socket('quote') } }),
      ],
    },
  });
}

function grpcCluster(name: string, address: object): object {
  return {
    name,
    type: 'STATIC',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: {
        '@type': `type.googleapis.com/${HTTP_OPTIONS}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  };
}

function customKind(group: string, kind: string): object {
  const singular = kind.toLowerCase();
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural: `${singular}s`, singular },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

async function declare(cluster: Cluster, port: number, workload: number): Promise<void> {
  const ports = [{ name: 'http', port: 80, targetPort: port }];
  await cluster.apply(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'quote' },
      spec: { selector: { app: 'quote' }, ports },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'quote-0', labels: { app: 'quote', 'security.istio.io/tlsMode': 'istio' } },
      spec: { serviceAccountName: 'quote', nodeName: 'node', containers: [{ name: 'quote', image: 'quote' }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'quote-0', labels: { 'kubernetes.io/service-name': 'quote' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port, protocol: 'TCP' }],
      endpoints: [
        {
          addresses: [POD_ADDRESS],
          conditions: { ready: true },
          targetRef: { kind: 'Pod', name: 'quote-0', namespace: 'default' },
        },
      ],
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 'quote' },
      spec: {
        workloadSelector: { labels: { app: 'quote' } },
        // Nothing intercepts connections here.
        ingress: [
          {
            port: { number: port, protocol: 'HTTP', name: 'http' },
            bind: '127.0.0.1',
            captureMode: 'NONE',
            defaultEndpoint: `127.0.0.1:${workload}`,
          },
        ],
        // What goes out has filters that are only in Istio’s Envoy.
        egress: [{ hosts: ['~/*'] }],
      },
    },
  );
  const ready = { type: 'Ready', status: 'True' };
  const status = { phase: 'Running', podIP: POD_ADDRESS, podIPs: [{ ip: POD_ADDRESS }], conditions: [ready] };
  const patch = JSON.stringify({ status });
  await cluster.kubectl('patch', 'pod', 'quote-0', '--subresource=status', '--type=merge', '-p', patch);
}
