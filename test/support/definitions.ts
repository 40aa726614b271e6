import type { IssuedCertificate } from '../../src/cli/demo/pki';

// Definitions as users write them, made in code where ports and certificates are known only at run time.

export interface Metadata {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

function definition(kind: string, name: string, spec: object, metadata: Metadata = {}): object {
  return { apiVersion: 'getambassador.io/v3alpha1', kind, metadata: { name, ...metadata }, spec };
}

/** With `hostname: "*"` unless the spec says otherwise. */
export function mapping(name: string, spec: object, metadata?: Metadata): object {
  return definition('Mapping', name, { hostname: '*', ...spec }, metadata);
}

export function tcpMapping(name: string, spec: object, metadata?: Metadata): object {
  return definition('TCPMapping', name, spec, metadata);
}

export function host(name: string, spec: object, metadata?: Metadata): object {
  return definition('Host', name, spec, metadata);
}

/** With `hosts: []`, as for originating TLS. */
export function tlsContext(name: string, spec: object, metadata?: Metadata): object {
  return definition('TLSContext', name, { hosts: [], ...spec }, metadata);
}

/** An AuthService, RateLimitService, LogService or TracingService. */
export function service(kind: string, name: string, spec: object, metadata?: Metadata): object {
  return definition(kind, name, spec, metadata);
}

/** The Module `ambassador`. */
export function ambassadorModule(config: object, metadata?: Metadata): object {
  return definition('Module', 'ambassador', { config }, metadata);
}

/** For the Hosts of every namespace; cleartext, and XFP, unless the spec says otherwise. */
export function listener(port: number, spec: object = {}): object {
  const hostBinding = { namespace: { from: 'ALL' } };
  return definition('Listener', `port-${port}`, { port, protocol: 'HTTP', securityModel: 'XFP', hostBinding, ...spec });
}

export function secret(name: string, stringData: Readonly<Record<string, string>>, namespace?: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    type: 'tls.key' in stringData ? 'kubernetes.io/tls' : 'Opaque',
    stringData,
  };
}

export interface KeyPairOptions {
  /** PEM, put under `ca.crt`. */
  readonly ca?: string;
  readonly namespace?: string;
  /** Whose private key; default the certificate's own. */
  readonly key?: IssuedCertificate;
}

/** A Secret of type `kubernetes.io/tls`. */
export function keyPair(name: string, chain: IssuedCertificate, options: KeyPairOptions = {}): object {
  const { ca, namespace, key = chain } = options;
  const values = { 'tls.crt': chain.chainPem, 'tls.key': key.privateKeyPem, ...(ca !== undefined && { 'ca.crt': ca }) };
  return secret(name, values, namespace);
}
