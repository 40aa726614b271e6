import { type AuthServiceSpec, authService } from './kinds/auth-service';
import { type ConsulEndpointsSpec, consulEndpoints } from './kinds/consul-endpoints';
import { type ConsulResolverSpec, consulResolver } from './kinds/consul-resolver';
import { type EndpointSliceSpec, endpointSlice } from './kinds/endpoint-slice';
import { type EndpointsSpec, endpoints } from './kinds/endpoints';
import { type HostSpec, host } from './kinds/host';
import { type IngressSpec, ingress } from './kinds/ingress';
import { type IngressClassSpec, ingressClass } from './kinds/ingress-class';
import type { KindModel } from './kinds/kind-model';
import { type KubernetesEndpointResolverSpec, kubernetesEndpointResolver } from './kinds/kubernetes-endpoint-resolver';
import { type KubernetesServiceResolverSpec, kubernetesServiceResolver } from './kinds/kubernetes-service-resolver';
import { type ListenerSpec, listener } from './kinds/listener';
import { type LogServiceSpec, logService } from './kinds/log-service';
import { type MappingSpec, mapping } from './kinds/mapping';
import { type ModuleSpec, ambassadorModule } from './kinds/module';
import { type PodSpec, pod } from './kinds/pod';
import { type RateLimitServiceSpec, rateLimitService } from './kinds/rate-limit-service';
import { type ReferenceGrantSpec, referenceGrant } from './kinds/reference-grant';
import { type SecretSpec, secret } from './kinds/secret';
import { type ServiceSpec, service } from './kinds/service';
import { type TcpMappingSpec, tcpMapping } from './kinds/tcp-mapping';
import { type TlsContextSpec, tlsContext } from './kinds/tls-context';
import { type TracingServiceSpec, tracingService } from './kinds/tracing-service';

export type { AuthServiceSpec } from './kinds/auth-service';
export type { ConsulEndpointsSpec } from './kinds/consul-endpoints';
export type { ConsulResolverSpec } from './kinds/consul-resolver';
export type { EndpointSliceSpec } from './kinds/endpoint-slice';
export type { EndpointsSpec } from './kinds/endpoints';
export type { HostSpec } from './kinds/host';
export type { IngressSpec } from './kinds/ingress';
export type { IngressClassSpec } from './kinds/ingress-class';
export type { KindModel } from './kinds/kind-model';
export type { KubernetesEndpointResolverSpec } from './kinds/kubernetes-endpoint-resolver';
export type { KubernetesServiceResolverSpec } from './kinds/kubernetes-service-resolver';
export type { ListenerSpec } from './kinds/listener';
export type { LogServiceSpec } from './kinds/log-service';
export type { MappingSpec } from './kinds/mapping';
export type { ModuleSpec } from './kinds/module';
export type { PodSpec } from './kinds/pod';
export type { RateLimitServiceSpec } from './kinds/rate-limit-service';
export type { ReferenceGrantSpec } from './kinds/reference-grant';
export type { SecretSpec } from './kinds/secret';
export type { ServiceSpec } from './kinds/service';
export type { TcpMappingSpec } from './kinds/tcp-mapping';
export type { TlsContextSpec } from './kinds/tls-context';
export type { TracingServiceSpec } from './kinds/tracing-service';

/** What each kind says once it is decoded. */
export interface Specs {
  readonly Mapping: MappingSpec;
  readonly TCPMapping: TcpMappingSpec;
  readonly TLSContext: TlsContextSpec;
  readonly Host: HostSpec;
  readonly Listener: ListenerSpec;
  readonly Module: ModuleSpec;
  readonly AuthService: AuthServiceSpec;
  readonly RateLimitService: RateLimitServiceSpec;
  readonly LogService: LogServiceSpec;
  readonly TracingService: TracingServiceSpec;
  readonly KubernetesServiceResolver: KubernetesServiceResolverSpec;
  readonly KubernetesEndpointResolver: KubernetesEndpointResolverSpec;
  readonly ConsulResolver: ConsulResolverSpec;
  readonly ConsulEndpoints: ConsulEndpointsSpec;
  readonly ReferenceGrant: ReferenceGrantSpec;
  readonly Secret: SecretSpec;
  readonly Service: ServiceSpec;
  readonly EndpointSlice: EndpointSliceSpec;
  readonly Endpoints: EndpointsSpec;
  readonly Pod: PodSpec;
  readonly Ingress: IngressSpec;
  readonly IngressClass: IngressClassSpec;
}

export type Kind = keyof Specs;

/** Every kind that is read; adding one is an entry here and in Specs. */
export const KIND_MODELS: Readonly<Record<Kind, KindModel>> = {
  Mapping: mapping,
  TCPMapping: tcpMapping,
  TLSContext: tlsContext,
  Host: host,
  Listener: listener,
  Module: ambassadorModule,
  AuthService: authService,
  RateLimitService: rateLimitService,
  LogService: logService,
  TracingService: tracingService,
  KubernetesServiceResolver: kubernetesServiceResolver,
  KubernetesEndpointResolver: kubernetesEndpointResolver,
  ConsulResolver: consulResolver,
  ConsulEndpoints: consulEndpoints,
  ReferenceGrant: referenceGrant,
  Secret: secret,
  Service: service,
  EndpointSlice: endpointSlice,
  Endpoints: endpoints,
  Pod: pod,
  Ingress: ingress,
  IngressClass: ingressClass,
};

export const KINDS = Object.keys(KIND_MODELS) as readonly Kind[];

export function isKind(name: string): name is Kind {
  return Object.hasOwn(KIND_MODELS, name);
}
