import type { UpstreamConnection } from './connection';
import type { Failure, Peer, Side } from './failure';

interface Fragment extends Failure {
  /** Of BoringSSL’s error queue, of Envoy’s verifier, or of its connection; blanks are underscores in some formats. */
  readonly pattern: RegExp;
}

/** What stands in a transport failure reason when it is we who gave up, or the network. The first that matches counts. */
function fragments(peer: Peer): readonly Fragment[] {
  const weRefused = `we refused the ${peer}` as const;
  const theirs = peer === 'upstream' ? 'the upstream’s certificate' : 'the client’s certificate';
  const trust = peer === 'upstream' ? 'the CA of the TLSContext (`ca_secret`)' : 'the CA of the Host (`tls.ca_secret`)';
  const row = (pattern: RegExp, side: Side, cause: string, fix: string): Fragment => ({ pattern, side, cause, fix });
  return [
    row(
      SAN_MISMATCH,
      weRefused,
      `${theirs} has none of the names that are expected`,
      'compare the names it presents with `verify` of the definition: correct one of them, or reissue the certificate',
    ),
    row(
      /CRL.has.expired|CRL.is.not.yet.valid/i,
      weRefused,
      'our own revocation list is out of date, so every certificate of that CA is refused',
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
    row(
      /certificate.has.expired/i,
      weRefused,
      `${theirs}, or an issuer of it, has expired`,
      'renew it; nothing is to be done here',
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
      /path.length|pathlen|permitted.subtree|excluded.subtree|invalid.CA/i,
      weRefused,
      `${theirs} breaks a constraint of its CA`,
      'have it issued by a CA that may issue it',
    ),
    row(
      /PEER_DID_NOT_RETURN_A_CERTIFICATE/i,
      weRefused,
      `the ${peer} presented no certificate`,
      `give the ${peer} a certificate of a CA that is trusted here`,
    ),
    row(/CERTIFICATE_VERIFY_FAILED/i, weRefused, `${theirs} was not accepted`, `compare its chain with ${trust}`),
    row(
      /UNSUPPORTED_PROTOCOL|WRONG_SSL_VERSION/i,
      'both sides',
      'no TLS version is common to both',
      'compare `min_tls_version` and `max_tls_version` with what the other side takes',
    ),
    row(
      /NO_SHARED_CIPHER|NO_COMMON_SIGNATURE|WRONG_CIPHER|NO_SHARED_GROUP|WRONG_CURVE|UNKNOWN_CIPHER/i,
      'both sides',
      'no cipher suite, curve or signature algorithm is common to both',
      'compare `cipher_suites` and `ecdh_curves` with what the other side takes',
    ),
    row(
      /NO_APPLICATION_PROTOCOL/i,
      'both sides',
      'no application protocol (ALPN) is common to both',
      'correct `alpn_protocols` of the TLSContext',
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
      NOT_SUPPLIED,
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
      /connect.error|no.route|unreachable/i,
      'the network',
      `the ${peer} cannot be reached`,
      'look at network, firewall and address',
    ),
    row(
      /connection.timeout|connect.timeout|handshake.timeout|transport.socket.timeout/i,
      'the network',
      peer === 'upstream'
        ? 'no connection was made in time: the address does not answer, or what is there does not answer the TLS handshake'
        : 'the client did not finish the TLS handshake in time',
      peer === 'upstream'
        ? 'correct host and port of `service`; see whether TLS is spoken there; raise `connect_timeout_ms` if it is only slow'
        : 'see what the client is: a probe that only connects, or a slow network',
    ),
  ];
}

const NOT_SUPPLIED = /Secret.is.not.supplied/i;
const SAN_MISMATCH = /SAN.matcher|certificate.SANs.are|verify.subject|SubjectAltName/i;
const PRESENTED = /certificate.SANs.are.\[([^\]]{0,2000})\]/i;
/** Names of either side that are told. */
const TOLD = 5;

const FRAGMENTS: Readonly<Record<Peer, readonly Fragment[]>> = {
  upstream: fragments('upstream'),
  client: fragments('client'),
};

/** An error of TLS that none of the fragments knows. */
export function unknownIn(reason: string, peer: Peer): Failure | undefined {
  if (!/TLS.error/i.test(reason)) return undefined;
  return {
    side: peer === 'upstream' ? 'the upstream' : 'the client',
    cause: `the TLS handshake with the ${peer} failed: what came from it was no TLS that could go on`,
    fix: `see what is at its address, and the log of the ${peer}`,
  };
}

/** What a reason means that is no alert of the peer; undefined if it is not known. */
export function refusalIn(reason: string, peer: Peer, upstream: UpstreamConnection | undefined): Failure | undefined {
  const found = FRAGMENTS[peer].find(({ pattern }) => pattern.test(reason));
  if (found === undefined) return undefined;
  const { side, cause, fix, pattern } = found;
  if (pattern === NOT_SUPPLIED && upstream?.secretsFrom !== undefined) return notSuppliedBy(upstream.secretsFrom);
  return { side, cause: pattern === SAN_MISMATCH ? cause + names(reason, upstream) : cause, fix };
}

/** Not by us, but by an SDS server on Envoy’s machine. */
function notSuppliedBy(socket: string): Failure {
  return {
    side: 'configuration',
    cause: `the SDS server at ${socket} of Envoy’s machine has not given Envoy its certificate, or the roots`,
    fix: 'see whether it runs, whether its socket is mounted where Envoy is, and what it says of Envoy: correct `sds` of the TLSContext if it is another socket',
  };
}

function names(reason: string, upstream: UpstreamConnection | undefined): string {
  const [, list] = PRESENTED.exec(reason) ?? [];
  const presented = list?.split(/,[\s_]?/).filter((name) => name !== '') ?? [];
  const expected = upstream?.expectedNames ?? [];
  const told = [
    ...(list === undefined ? [] : [`it presents ${presented.length === 0 ? 'none' : listed(presented)}`]),
    ...(expected.length === 0 ? [] : [`expected is ${listed(expected)}`]),
  ];
  return told.length === 0 ? '' : `: ${told.join('; ')}`;
}

function listed(all: readonly string[]): string {
  const shown = all.slice(0, TOLD).join(', ');
  return all.length > TOLD ? `${shown} and ${all.length - TOLD} more` : shown;
}
