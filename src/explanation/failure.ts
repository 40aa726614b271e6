import { alertIn } from './alert';
import type { UpstreamConnection } from './connection';
import type { LogLine } from './log-line';
import { brokenOff, closedAfterwards, flagged } from './response-flag';
import { refusalIn, unknownIn } from './transport-failure';

/** Who refused whom, or where it failed otherwise. `we` is this Envoy. */
export type Side =
  | 'we refused the upstream'
  | 'the upstream refused us'
  | 'we refused the client'
  | 'the client refused us'
  | 'both sides'
  | 'the network'
  | 'the upstream'
  | 'the client'
  | 'configuration';

/** The other end of a connection, as seen from Envoy. */
export type Peer = 'upstream' | 'client';

/** What a failure means and what to do. */
export interface Failure {
  readonly side: Side;
  readonly cause: string;
  readonly fix: string;
}

/**
 * What failed; undefined where the line says nothing that is known. The reason of a transport says most; where there is none, the
 * flags do.
 *
 * @param upstream how the cluster of the line connects, where it is known
 */
export function failureOf(line: LogLine, upstream?: UpstreamConnection): Failure | undefined {
  const {
    flags,
    upstreamFailure = '',
    downstreamFailure = '',
    responseCodeDetails = '',
    terminationDetails = '',
  } = line;
  return (
    transport(upstreamFailure, 'upstream', upstream) ??
    transport(downstreamFailure, 'client', undefined) ??
    transport(responseCodeDetails, 'upstream', upstream) ??
    unknownIn(upstreamFailure, 'upstream') ??
    unknownIn(downstreamFailure, 'client') ??
    (flags.includes('UF') && responseCodeDetails.includes('remote_connection_failure')
      ? brokenOff(upstream)
      : undefined) ??
    (flags.includes('UC') ? closedAfterwards(upstream) : undefined) ??
    flagged(line) ??
    transport(terminationDetails, 'client', undefined)
  );
}

function transport(reason: string, peer: Peer, upstream: UpstreamConnection | undefined): Failure | undefined {
  return reason === '' ? undefined : (alertIn(reason, peer) ?? refusalIn(reason, peer, upstream));
}
