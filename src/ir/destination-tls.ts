import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { consulIdentity } from '../resolution/consul-identity';
import { consulUpstreamTls } from './consul-upstream';
import type { Destination } from './destination';
import { istioAlpn, speaksIstioAlpn } from './istio-alpn';
import { istioUpstreamTls } from './istio-upstream';
import type { UpstreamTls } from './tls';

/** Whether a TLSContext means different things for different upstreams: those of a mesh prove who they are, each by its own name. */
export function dependsOnDestination(context: Definition<'TLSContext'>, definitions: Definitions): boolean {
  if (context.spec.istio !== undefined || speaksIstioAlpn(context)) return true;
  return consulIdentity(context, definitions) !== undefined;
}

/** What a TLSContext means by itself, with what it means for one upstream: whom to expect there, and what to ask for. */
export function destinationTls(
  tls: UpstreamTls,
  context: Definition<'TLSContext'>,
  destination: Destination,
  definitions: Definitions,
): UpstreamTls {
  const { upstream, spoken } = destination;
  if (context.spec.istio !== undefined) return istioUpstreamTls(tls, context, destination, definitions);
  if (upstream.consul !== undefined && consulIdentity(context, definitions) !== undefined)
    return consulUpstreamTls(tls, upstream.consul, definitions);
  return speaksIstioAlpn(context) ? { ...tls, alpnProtocols: istioAlpn(tls.alpnProtocols, spoken) } : tls;
}
