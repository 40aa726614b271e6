import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { consulIdentity } from '../resolution/consul-identity';
import type { Upstream } from '../resolution/upstream';
import { consulUpstreamTls } from './consul-upstream';
import type { UpstreamTls } from './tls';

/** The upstream that a connection goes to. */
export interface Destination {
  readonly upstream: Upstream;
  /** Requests go there over HTTP/2. */
  readonly http2: boolean;
}

/** Whether a TLSContext means different things for different upstreams: those of a mesh prove who they are, each by its own name. */
export function dependsOnDestination(context: Definition<'TLSContext'>, definitions: Definitions): boolean {
  return consulIdentity(context, definitions) !== undefined;
}

/** What a TLSContext means by itself, with what it means for one upstream: whom to expect there, and what to ask for. */
export function destinationTls(
  tls: UpstreamTls,
  context: Definition<'TLSContext'>,
  { upstream }: Destination,
  definitions: Definitions,
): UpstreamTls {
  if (upstream.consul !== undefined && consulIdentity(context, definitions) !== undefined)
    return consulUpstreamTls(tls, upstream.consul, definitions);
  return tls;
}
