import type { Spoken } from './destination';

/**
 * What Istio’s own clients send in ALPN (Istio, `istio.alpn` filter). A sidecar tells by the first what it takes the connection for; with
 * `istio` alone, HTTP is opaque to it on ports that do not declare their protocol.
 */
const PROTOCOLS: Readonly<Record<Spoken, readonly string[]>> = {
  'http/1.1': ['istio-http/1.1', 'istio', 'http/1.1'],
  'http/2': ['istio-h2', 'istio', 'h2'],
  bytes: ['istio'],
};

/** Completes `istio`, which Ambassador documents, to what it stands for. */
export function istioAlpn(protocols: readonly string[], spoken: Spoken): readonly string[] {
  return protocols.length === 1 && protocols[0] === 'istio' ? PROTOCOLS[spoken] : protocols;
}
