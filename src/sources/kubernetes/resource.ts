/** A collection of the Kubernetes API that is read. */
export interface Resource {
  readonly kind: string;
  /** `v1`, or group and version. */
  readonly apiVersion: string;
  readonly plural: string;
  readonly scope: 'namespaced' | 'cluster';
  /** Whether things are as they should be without it: it is not installed, or may not be read. */
  readonly optional?: boolean;
  /** Whether the status of its objects is of interest: the control plane writes it, or looks at it. */
  readonly hasStatus?: boolean;
}

const AMBASSADOR = 'getambassador.io/v3alpha1';
const own = (kind: string, plural: string): Resource => ({ kind, apiVersion: AMBASSADOR, plural, scope: 'namespaced' });
const told = (kind: string, plural: string): Resource => ({ ...own(kind, plural), hasStatus: true });

/** Read last, and only what the others refer to is kept. */
export const SECRETS: Resource = { kind: 'Secret', apiVersion: 'v1', plural: 'secrets', scope: 'namespaced' };

/** Read only where a definition needs them, and of each only what is needed. Without the right to, they are not known. */
export const PODS: Resource = { kind: 'Pod', apiVersion: 'v1', plural: 'pods', scope: 'namespaced', optional: true };

/** What is read besides Secrets, in the order of the documents that come of it. */
export const RESOURCES: readonly Resource[] = [
  own('Module', 'modules'),
  told('Listener', 'listeners'),
  told('Host', 'hosts'),
  told('TLSContext', 'tlscontexts'),
  told('Mapping', 'mappings'),
  told('TCPMapping', 'tcpmappings'),
  own('AuthService', 'authservices'),
  own('RateLimitService', 'ratelimitservices'),
  own('LogService', 'logservices'),
  own('TracingService', 'tracingservices'),
  own('KubernetesServiceResolver', 'kubernetesserviceresolvers'),
  own('KubernetesEndpointResolver', 'kubernetesendpointresolvers'),
  own('ConsulResolver', 'consulresolvers'),
  { kind: 'Service', apiVersion: 'v1', plural: 'services', scope: 'namespaced', hasStatus: true },
  { kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices', scope: 'namespaced' },
  {
    kind: 'Ingress',
    apiVersion: 'networking.k8s.io/v1',
    plural: 'ingresses',
    scope: 'namespaced',
    optional: true,
    hasStatus: true,
  },
  {
    kind: 'IngressClass',
    apiVersion: 'networking.k8s.io/v1',
    plural: 'ingressclasses',
    scope: 'cluster',
    optional: true,
  },
  {
    kind: 'ReferenceGrant',
    apiVersion: 'gateway.networking.k8s.io/v1beta1',
    plural: 'referencegrants',
    scope: 'namespaced',
    optional: true,
  },
];

/** The path of a collection: of one namespace, or of all. */
export function pathOf({ apiVersion, plural, scope }: Resource, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return scope === 'cluster' || namespace === undefined
    ? `${root}/${plural}`
    : `${root}/namespaces/${namespace}/${plural}`;
}
