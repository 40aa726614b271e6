import type { LogLine } from './log-line';

/** Who refused whom, or where it failed otherwise. `we` is this Envoy. */
export type Side =
  | 'we refused the upstream'
  | 'the upstream refused us'
  | 'we refused the client'
  | 'the client refused us'
  | 'both sides'
  | 'the network'
  | 'configuration';

/** What a failure means and what to do. */
export interface Failure {
  readonly side: Side;
  readonly cause: string;
  readonly fix: string;
}

interface Fragment extends Failure {
  /** Of BoringSSL’s error queue, or of Envoy’s verifier; blanks are underscores in some formats. */
  readonly pattern: RegExp;
}

/** What stands in TLS failure reasons of either direction, seen from who logs it: `peer` is the other end. The first that matches counts. */
function tlsFragments(peer: 'upstream' | 'client'): readonly Fragment[] {
  const weRefused = `we refused the ${peer}` as const;
  const refusedUs = `the ${peer} refused us` as const;
  const theirs = peer === 'upstream' ? 'the upstream’s certificate' : 'the client’s certificate';
  const ours = peer === 'upstream' ? 'our client certificate' : 'our server certificate';
  const trust = peer === 'upstream' ? 'the CA of the TLSContext (`ca_secret`)' : 'the CA of the Host (`tls.ca_secret`)';
  const row = (pattern: RegExp, side: Side, cause: string, fix: string): Fragment => ({ pattern, side, cause, fix });
  return [
    row(
      /SAN.matcher|certificate.SANs.are|verify.subject|SubjectAltName/i,
      weRefused,
      `${theirs} has none of the names that are expected`,
      `compare the names it presents with \`verify\` of the definition: correct one of them, or reissue the certificate`,
    ),
    row(
      /CRL.has.expired|CRL.is.not.yet.valid/i,
      weRefused,
      `our own revocation list is out of date, so every certificate of that CA is refused`,
      'put the current list of the CA into the Secret that `crl_secret` names',
    ),
    row(
      /unable.to.get.certificate.CRL/i,
      weRefused,
      `there is no revocation list of the issuer of ${theirs}`,
      'put a list of every CA of the chain into the Secret that `crl_secret` names',
    ),
    row(
      /certificate.revoked/i,
      weRefused,
      `${theirs} is revoked by our list`,
      'have it issued again; if that was not meant, correct the list',
    ),
    row(/SSLV3_ALERT_CERTIFICATE_REVOKED/i, refusedUs, `${ours} is revoked for the ${peer}`, 'have it issued again'),
    row(
      /(?<!ALERT_)certificate.has.expired/i,
      weRefused,
      `${theirs}, or an issuer of it, has expired`,
      `renew it; nothing is to be done here`,
    ),
    row(
      /certificate.is.not.yet.valid/i,
      weRefused,
      `${theirs} is not valid yet`,
      'compare the clocks of both machines',
    ),
    row(
      /self.signed.certificate|unable.to.get.(?:local.)?issuer|unable.to.verify.the.first/i,
      weRefused,
      `the issuer of ${theirs} is not among ${trust}`,
      `add its root to that Secret, or have the ${peer} send its intermediate certificates`,
    ),
    row(
      /unsupported.certificate.purpose|invalid.purpose/i,
      weRefused,
      `${theirs} is not for this use: its extended key usage lacks ${peer === 'upstream' ? 'serverAuth' : 'clientAuth'}`,
      'have it issued with that usage',
    ),
    row(
      /path.length|pathlen|permitted.subtree|excluded.subtree/i,
      weRefused,
      `${theirs} breaks a constraint of its CA`,
      'have it issued by a CA that may issue it',
    ),
    row(
      /PEER_DID_NOT_RETURN_A_CERTIFICATE/i,
      weRefused,
      'the client presented no certificate',
      'give the client a certificate of a CA that the Host trusts',
    ),
    row(/CERTIFICATE_VERIFY_FAILED/i, weRefused, `${theirs} was not accepted`, `compare its chain with ${trust}`),
    row(
      /ALERT_CERTIFICATE_EXPIRED/i,
      refusedUs,
      `${ours} has expired`,
      'renew the Secret; `countersign certs list` says which',
    ),
    row(
      /ALERT_UNKNOWN_CA/i,
      refusedUs,
      `the issuer of ${ours} is not known to the ${peer}`,
      `have it issued by a CA that the ${peer} trusts, or send its intermediate certificates along`,
    ),
    row(
      /CERTIFICATE_REQUIRED/i,
      refusedUs,
      `the ${peer} demands a certificate and got none`,
      'name a client certificate: `secret` of the TLSContext, and `tls` of the Mapping',
    ),
    row(
      /ALERT_BAD_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN|ALERT_UNSUPPORTED_CERTIFICATE/i,
      refusedUs,
      `the ${peer} does not accept ${ours}`,
      `ask what the ${peer} expects: CA, names and extended key usage`,
    ),
    row(
      /ALERT_HANDSHAKE_FAILURE/i,
      refusedUs,
      peer === 'upstream'
        ? 'the upstream ended the handshake: it demands a client certificate and got none, or nothing in common was offered'
        : 'the client ended the handshake: nothing in common was offered',
      'name a client certificate in the TLSContext; if there is one, compare versions, cipher suites and curves',
    ),
    row(
      /ALERT_ACCESS_DENIED/i,
      refusedUs,
      `the ${peer} knows ${ours} and does not allow it`,
      'have it authorised there (an intention of Consul, an AuthorizationPolicy of Istio)',
    ),
    row(
      /UNRECOGNIZED_NAME/i,
      refusedUs,
      'the upstream does not know the server name that we sent',
      'set `sni` of the TLSContext to a name that it serves',
    ),
    row(
      /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/i,
      'both sides',
      `no TLS version is common to both`,
      'compare `min_tls_version` and `max_tls_version` with what the other side takes',
    ),
    row(
      /NO_SHARED_CIPHER|NO_COMMON_SIGNATURE|INSUFFICIENT_SECURITY|WRONG_CIPHER|NO_SHARED_GROUP/i,
      'both sides',
      'no cipher suite, curve or signature algorithm is common to both',
      'compare `cipher_suites` and `ecdh_curves` with what the other side takes',
    ),
    row(
      /WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST|INVALID_OUTER_RECORD/i,
      peer === 'upstream' ? 'configuration' : 'we refused the client',
      `the ${peer} does not speak TLS here`,
      peer === 'upstream'
        ? 'correct the port of `service`, or leave out `https://` and `tls`'
        : 'have the client use https',
    ),
    row(
      /NO_APPLICATION_PROTOCOL/i,
      refusedUs,
      'no application protocol (ALPN) is common to both',
      'correct `alpn_protocols` of the TLSContext',
    ),
    row(
      /Secret is not supplied/i,
      'configuration',
      'Envoy has not been given the certificate yet',
      'see `/status` of the control plane: the Secret is missing, refused, or not in this node’s configuration',
    ),
    row(
      /connection.refused|delayed.connect.error:.111/i,
      'the network',
      `nothing listens at the ${peer}’s address`,
      'correct host and port of `service`, or start it',
    ),
    row(
      /connect.error|connection.timeout|no.route/i,
      'the network',
      `the ${peer} cannot be reached`,
      'look at network, firewall and address',
    ),
  ];
}

const UPSTREAM = tlsFragments('upstream');
const DOWNSTREAM = tlsFragments('client');

/** By response flag, where no reason says more. */
const BY_FLAG: Readonly<Record<string, Failure>> = {
  UC: {
    side: 'the upstream refused us',
    cause:
      'the upstream closed the connection after it was made. With TLS 1.3 that is what a refused or missing client certificate looks like: our handshake is over before the refusal comes, and Envoy logs no reason. Without mutual TLS, the upstream ended it for a reason of its own',
    fix: 'check the client certificate first (`countersign certs show`): expiry, issuer, names, and whether the Mapping names a TLSContext at all; the upstream’s log tells which. `max_tls_version: v1.2` in the TLSContext shows the reason for a test',
  },
  UF: {
    side: 'the network',
    cause: 'the connection to the upstream could not be made',
    fix: 'correct host and port of `service`, or start it',
  },
  UH: {
    side: 'the network',
    cause: 'no endpoint of the upstream is there, or healthy',
    fix: 'look at the name of `service`, its endpoints and health checks',
  },
  UT: {
    side: 'the network',
    cause: 'the upstream did not answer in time',
    fix: 'raise `timeout_ms` of the Mapping, or make the upstream faster',
  },
  NR: {
    side: 'configuration',
    cause: 'no Mapping takes the request, or no Host has the server name',
    fix: 'correct hostname and prefix; `countersign validate` says what is out of service',
  },
  NC: {
    side: 'configuration',
    cause: 'the route names a cluster that Envoy does not have',
    fix: 'look at `/status` of the control plane for what Envoy refused',
  },
  UO: { side: 'configuration', cause: 'a circuit breaker is open', fix: 'raise the limits in `circuit_breakers`' },
  URX: {
    side: 'the network',
    cause: 'every attempt was used up',
    fix: 'see why each attempt fails: the reasons of the other lines',
  },
  DC: { side: 'the client refused us', cause: 'the client went away before the answer', fix: 'nothing to do here' },
  UAEX: { side: 'configuration', cause: 'the AuthService refused the request', fix: 'ask the AuthService' },
  RL: {
    side: 'configuration',
    cause: 'the RateLimitService refused the request',
    fix: 'see the limits of the RateLimitService',
  },
  DPE: { side: 'we refused the client', cause: 'the client does not speak HTTP as it should', fix: 'see the client' },
};

/** `UF` without a reason from a host that was reached: a handshake that the other end broke off without an alert. */
const BROKEN_OFF: Failure = {
  side: 'the upstream refused us',
  cause:
    'the upstream broke off the handshake without an alert, as servers on Node.js and some others do when they refuse a client certificate: ours is expired, of a CA that it does not trust, or not allowed',
  fix: 'check the client certificate (`countersign certs show`) against what the upstream trusts; its log tells which',
};

/** What failed; undefined where the line says nothing that is known. */
export function failureOf(line: LogLine): Failure | undefined {
  const { flags, upstreamFailure, downstreamFailure, responseCodeDetails = '', terminationDetails = '' } = line;
  return (
    matching(UPSTREAM, upstreamFailure) ??
    matching(DOWNSTREAM, downstreamFailure) ??
    (flags.includes('UF') && responseCodeDetails.includes('remote_connection_failure') ? BROKEN_OFF : undefined) ??
    (flags.length === 0 ? matching(UPSTREAM, responseCodeDetails) : undefined) ??
    flags.map((flag) => BY_FLAG[flag]).find((known) => known !== undefined) ??
    matching(UPSTREAM, responseCodeDetails) ??
    matching(DOWNSTREAM, terminationDetails)
  );
}

function matching(fragments: readonly Fragment[], text: string | undefined): Failure | undefined {
  if (text === undefined || text === '') return undefined;
  const found = fragments.find(({ pattern }) => pattern.test(text));
  return found && { side: found.side, cause: found.cause, fix: found.fix };
}
