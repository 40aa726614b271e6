import type { UpstreamConnection } from './connection';
import type { Failure, Side } from './failure';
import type { LogLine } from './log-line';

/** What a response flag means by itself, and the name that `%RESPONSE_FLAGS_LONG%` has for it. */
interface Flag extends Failure {
  readonly long: string;
}

const flag = (long: string, side: Side, cause: string, fix: string): Flag => ({ long, side, cause, fix });

/** Envoy’s response flags (documentation, "Access logging", RESPONSE_FLAGS), by their short names. */
const FLAGS: Readonly<Record<string, Flag>> = {
  UH: flag(
    'NoHealthyUpstream',
    'the network',
    'no endpoint of the upstream is there, or healthy',
    'look at the name of `service`, its endpoints and health checks',
  ),
  UF: flag(
    'UpstreamConnectionFailure',
    'the network',
    'the connection to the upstream could not be made',
    'correct host and port of `service`, or start it',
  ),
  UO: flag(
    'UpstreamOverflow',
    'configuration',
    'a circuit breaker is open',
    'raise the limits in `circuit_breakers`, or see why so much is under way at once',
  ),
  NR: flag(
    'NoRouteFound',
    'configuration',
    'no Mapping takes the request, or no Host has the server name',
    'correct hostname and prefix; `countersign validate` says what is out of service',
  ),
  URX: flag(
    'UpstreamRetryLimitExceeded',
    'the upstream',
    'every attempt was used up',
    'see why each attempt fails: the reasons of the other lines',
  ),
  NC: flag(
    'NoClusterFound',
    'configuration',
    'the route names a cluster that Envoy does not have',
    'look at `/status` of the control plane for what Envoy refused',
  ),
  DT: flag(
    'DurationTimeout',
    'configuration',
    'the connection or request was under way longer than it may be',
    'raise the limit of its duration (`idle_timeout_ms`, `listener_max_connection_lifetime_ms`), if it was meant to go on',
  ),
  DC: flag(
    'DownstreamConnectionTermination',
    'the client',
    'the client went away before the answer',
    'nothing to do here',
  ),
  LH: flag(
    'FailedLocalHealthCheck',
    'configuration',
    'this Envoy fails its own health check, as one that drains does',
    'see `/healthcheck/fail` and `/ready` of its admin port',
  ),
  UT: flag(
    'UpstreamRequestTimeout',
    'the upstream',
    'the upstream did not answer in time',
    'raise `timeout_ms` of the Mapping, or make the upstream faster',
  ),
  LR: flag(
    'LocalReset',
    'configuration',
    'this Envoy reset the stream: a limit was reached, or the cluster was taken away while the request was under way',
    'see `response_code_details` of the line',
  ),
  UR: flag('UpstreamRemoteReset', 'the upstream', 'the upstream reset the stream', 'see the log of the upstream'),
  DI: flag('DelayInjected', 'configuration', 'a fault was injected: a delay', 'see the fault filter'),
  FI: flag('FaultInjected', 'configuration', 'a fault was injected: an answer', 'see the fault filter'),
  RL: flag(
    'RateLimited',
    'configuration',
    'the RateLimitService refused the request',
    'see the limits of the RateLimitService',
  ),
  RLSE: flag(
    'RateLimitServiceError',
    'configuration',
    'the RateLimitService could not be asked',
    'see whether the RateLimitService is there, and its `tls`',
  ),
  UAEX: flag(
    'UnauthorizedExternalService',
    'configuration',
    'the AuthService refused the request, or could not be asked',
    'ask the AuthService: see whether it is there, and its `tls`',
  ),
  IH: flag(
    'InvalidEnvoyRequestHeaders',
    'the client',
    'a header of Envoy’s own (`x-envoy-…`) has a value that it can’t have',
    'see what sends it',
  ),
  SI: flag(
    'StreamIdleTimeout',
    'the client',
    'nothing came or went on the stream for too long',
    'raise `idle_timeout_ms` of the Mapping, or see which side is silent',
  ),
  DPE: flag(
    'DownstreamProtocolError',
    'we refused the client',
    'the client does not speak HTTP as it should',
    'see the client; TLS may be spoken to a cleartext Listener',
  ),
  UPE: flag(
    'UpstreamProtocolError',
    'we refused the upstream',
    'the upstream does not speak HTTP as it should',
    'see `grpc` of the Mapping, the port of `service`, and whether TLS is spoken there',
  ),
  UMSDR: flag(
    'UpstreamMaxStreamDurationReached',
    'the upstream',
    'the request took longer than the upstream’s streams may',
    'raise `timeout_ms` of the Mapping, or make the upstream faster',
  ),
  RFCF: flag('ResponseFromCacheFilter', 'configuration', 'the answer came from a cache', 'nothing to do here'),
  NFCF: flag(
    'NoFilterConfigFound',
    'configuration',
    'Envoy has not been given the configuration of a filter',
    'see `/status` of the control plane',
  ),
  OM: flag(
    'OverloadManagerTerminated',
    'configuration',
    'Envoy ended the request because it is overloaded',
    'give it more memory or replicas; see the overload manager of its bootstrap',
  ),
  DF: flag(
    'DnsResolutionFailed',
    'the network',
    'the name of the upstream does not resolve',
    'correct the host of `service`, or the DNS server that Envoy asks',
  ),
  DO: flag(
    'DropOverLoad',
    'configuration',
    'the cluster drops a share of its requests',
    'see the drop policy of its endpoints',
  ),
  DR: flag('DownstreamRemoteReset', 'the client', 'the client reset the stream', 'nothing to do here'),
  UDO: flag(
    'UnconditionalDropOverload',
    'configuration',
    'the cluster drops all of its requests',
    'see the drop policy of its endpoints',
  ),
};

/** What follows from others says less than they do. */
const LAST: readonly string[] = ['URX', 'DC', 'LR'];

const SHORT: ReadonlyMap<string, string> = new Map([
  ...Object.keys(FLAGS).map((short) => [short, short] as const),
  ...Object.entries(FLAGS).map(([short, { long }]) => [long, short] as const),
  ['UC', 'UC'],
  ['UpstreamConnectionTermination', 'UC'],
]);

/** The short names of flags as they stand in a line, short or long; what is none is left out. */
export function readFlags(text: string): readonly string[] {
  return text.split(',').flatMap((name) => SHORT.get(name) ?? []);
}

/** What the flags of the line mean, where no reason of a transport says more. */
export function flagged({ flags }: LogLine): Failure | undefined {
  const first = flags.find((name) => !LAST.includes(name) && name in FLAGS) ?? flags.find((name) => name in FLAGS);
  const known = first === undefined ? undefined : FLAGS[first];
  return known && { side: known.side, cause: known.cause, fix: known.fix };
}

/** `UF` without a reason from a host that was reached: a handshake that the other end broke off without an alert. */
export function brokenOff(upstream: UpstreamConnection | undefined): Failure {
  if (upstream?.tls === 'none')
    return {
      side: 'the upstream',
      cause: 'the upstream closed the connection before it answered',
      fix: 'see whether it expects TLS (then `https://` or `tls`), and its log',
    };
  const why = 'as servers on Node.js and some others do when they refuse a client certificate';
  return upstream?.tls === 'without certificate'
    ? {
        side: 'the upstream refused us',
        cause: `the upstream broke off the handshake without an alert, ${why}: none is presented to it`,
        fix: 'name a client certificate in the TLSContext, if the upstream demands one; its log tells',
      }
    : {
        side: 'the upstream refused us',
        cause: `the upstream broke off the handshake without an alert, ${why}: ours is expired, of a CA that it does not trust, or not allowed`,
        fix: 'check the client certificate (`countersign certs show`) against what the upstream trusts; its log tells which',
      };
}

/** `UC`, for which Envoy has no reason: in TLS 1.3, our handshake is over before the other end has judged our certificate. */
export function closedAfterwards(upstream: UpstreamConnection | undefined): Failure {
  const trap = 'with TLS 1.3 our handshake is over before the refusal comes, and Envoy logs no reason';
  switch (upstream?.tls) {
    case 'none':
      return {
        side: 'the upstream',
        cause: 'the upstream closed the connection before its answer was complete; TLS is not spoken on it',
        fix: 'see its log; if its idle timeout is shorter than ours, set `cluster_idle_timeout_ms` below it; if it expects TLS, say `https://`',
      };
    case 'without certificate':
      return {
        side: 'the upstream refused us',
        cause: `the upstream closed the connection after it was made, and no client certificate is presented to it. If it demands one, that is what its refusal looks like: ${trap}. Otherwise it ended the connection for a reason of its own`,
        fix: 'name a client certificate in the TLSContext, if the upstream demands one; its log tells',
      };
    case 'with certificate':
      return {
        side: 'the upstream refused us',
        cause: `the upstream closed the connection after it was made. That is what a refused client certificate looks like: ${trap}`,
        fix: 'check the client certificate (`countersign certs show`): expiry, issuer, names; the upstream’s log tells which. `max_tls_version: v1.2` in the TLSContext shows the reason for a test',
      };
    case undefined:
      return {
        side: 'the upstream refused us',
        cause: `the upstream closed the connection after it was made. That is what a refused or missing client certificate looks like: ${trap}. Without mutual TLS, the upstream ended it for a reason of its own`,
        fix: 'check the client certificate first (`countersign certs show`): expiry, issuer, names, and whether the Mapping names a TLSContext at all; the upstream’s log tells which. `max_tls_version: v1.2` in the TLSContext shows the reason for a test',
      };
  }
}
