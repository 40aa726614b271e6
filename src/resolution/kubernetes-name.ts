import { isIP } from 'node:net';
import type { Policy } from './policy';

/** A host that is the name of a Kubernetes Service. */
export interface KubernetesName {
  readonly service: string;
  readonly namespace: string;
  /** The DNS domain of the cluster. */
  readonly domain: string;
}

const DOMAIN = 'cluster.local';

/** Reads `service`, `service.namespace` or `service.namespace.svc[.domain]`; undefined for what can be no such name. */
export function kubernetesName(host: string, policy: Policy): KubernetesName | undefined {
  if (isIP(host) !== 0 || host === 'localhost') return undefined;
  const [service = '', namespace = policy.installNamespace, svc, ...domain] = host.split('.');
  if (service === '' || namespace === '' || (svc !== undefined && svc !== 'svc')) return undefined;
  return { service, namespace, domain: domain.length === 0 ? DOMAIN : domain.join('.') };
}
