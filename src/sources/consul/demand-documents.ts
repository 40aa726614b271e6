import type { ConsulDemand, DocumentName, ServiceDemand } from '../../model/consul-demand';
import type { Instances, Leaf, Roots } from './answers';

/** The value of a document. */
export type DocumentValue = Readonly<Record<string, unknown>>;

type Resolver = ConsulDemand['resolver'];

/** What Consul says of a service, as the definition ConsulEndpoints. Without the roots, Consul Connect has no trust domain yet. */
export function endpointsDocument(
  { resolver, datacenter, namespace }: ConsulDemand,
  { service, connect, document }: ServiceDemand,
  instances: Instances,
  roots: Roots | undefined,
): DocumentValue {
  const dc = datacenter ?? instances.datacenter;
  const ns = namespace ?? instances.namespace;
  return {
    apiVersion: 'countersign.dev/v1',
    kind: 'ConsulEndpoints',
    metadata: metadataOf(document, resolver),
    spec: {
      resolver: resolver.name,
      service,
      ...(connect && { connect, ...(roots !== undefined && { trust_domain: roots.trustDomain }) }),
      ...(dc !== undefined && { datacenter: dc }),
      ...(ns !== undefined && { namespace: ns }),
      endpoints: instances.list.map(({ address, port, weight }) => ({ address, port, weight })),
    },
  };
}

/** A certificate that Consul issued, as a Secret. */
export function leafDocument(name: DocumentName, resolver: Resolver, { chainPem, keyPem }: Leaf): DocumentValue {
  return secret(name, resolver, 'kubernetes.io/tls', { 'tls.crt': chainPem, 'tls.key': keyPem });
}

/** The roots of Consul Connect, as a Secret. */
export function rootsDocument(name: DocumentName, resolver: Resolver, { pem }: Roots): DocumentValue {
  return secret(name, resolver, 'Opaque', { 'ca.crt': pem });
}

function secret(
  name: DocumentName,
  resolver: Resolver,
  type: string,
  pems: Readonly<Record<string, string>>,
): DocumentValue {
  const data = Object.entries(pems).map(([key, pem]) => [key, Buffer.from(pem).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadataOf(name, resolver),
    type,
    data: Object.fromEntries(data) as Readonly<Record<string, string>>,
  };
}

/** It is selected where the ConsulResolver is: by the same labels. */
function metadataOf({ namespace, name }: DocumentName, { labels }: Resolver) {
  return { name, namespace, labels };
}
