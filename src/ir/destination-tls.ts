import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Upstream } from '../resolution/upstream';
import type { UpstreamTls } from './tls';

/** The upstream that a connection goes to. */
export interface Destination {
  readonly upstream: Upstream;
  /** Requests go there over HTTP/2. */
  readonly http2: boolean;
}

/** Whether a TLSContext means different things for different upstreams: those of a mesh prove who they are, each by its own name. */
export function dependsOnDestination(_context: Definition<'TLSContext'>): boolean {
  return false;
}

/** What a TLSContext means by itself, with what it means for one upstream: whom to expect there, and what to ask for. */
export function destinationTls(
  tls: UpstreamTls,
  _context: Definition<'TLSContext'>,
  _destination: Destination,
  _definitions: Definitions,
): UpstreamTls {
  return tls;
}
