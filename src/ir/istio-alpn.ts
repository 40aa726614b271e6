import type { Definition } from '../model/definition';
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

export const ISTIO = 'istio';

/** Whether the protocols of a TLSContext are Istio’s, and so depend on what is spoken: where nothing else is written, or `istio` alone. */
export function speaksIstioAlpn({ spec }: Definition<'TLSContext'>): boolean {
  const { alpn_protocols: written, istio } = spec;
  return written === undefined ? istio !== undefined : written.trim() === ISTIO;
}

/** Completes `istio`, which Ambassador documents, to what it stands for. */
export function istioAlpn(protocols: readonly string[], spoken: Spoken): readonly string[] {
  return protocols.length === 1 && protocols[0] === ISTIO ? PROTOCOLS[spoken] : protocols;
}
