import type { Failure, Peer } from './failure';

/** What a peer says with an alert, and what to do; `ours` is the certificate that we showed it. */
interface Alert {
  readonly cause: (peer: Peer, ours: string) => string;
  readonly fix: (peer: Peer) => string;
  /** Whether it blames both sides: nothing in common. */
  readonly both?: boolean;
}

const COMPARE = 'compare versions, cipher suites and curves of both sides; the log of the other side tells more';
const ASK = (peer: Peer) => `the log of the ${peer} tells more`;

/**
 * The alerts of TLS (RFC 5246 §7.2, RFC 8446 §6, RFC 6066 §9, RFC 7301 §3.2), by BoringSSL’s names of them. BoringSSL queues one of these
 * reasons only for an alert that came from the peer.
 */
const ALERTS: Readonly<Record<string, Alert>> = {
  HANDSHAKE_FAILURE: {
    cause: (peer) =>
      peer === 'upstream'
        ? 'the upstream ended the handshake: it demands a client certificate and got none, or nothing in common was offered'
        : 'the client ended the handshake: nothing in common was offered',
    fix: () =>
      'name a client certificate in the TLSContext; if there is one, compare versions, cipher suites and curves',
  },
  CERTIFICATE_REQUIRED: {
    cause: (peer) => `the ${peer} demands a certificate and got none`,
    fix: () => 'name a client certificate: `secret` of the TLSContext, and `tls` of the Mapping',
  },
  NO_CERTIFICATE: {
    cause: (peer) => `the ${peer} has no certificate to show`,
    fix: (peer) => `give the ${peer} a certificate`,
  },
  BAD_CERTIFICATE: {
    cause: (peer, ours) =>
      `the ${peer} does not accept ${ours}: it is malformed, or its signature is not right for the ${peer}`,
    fix: (peer) => `compare it with what the ${peer} expects: CA, names and extended key usage`,
  },
  UNSUPPORTED_CERTIFICATE: {
    cause: (peer, ours) =>
      `the ${peer} does not take ${ours}: its kind of key, or its extended key usage, is not for this`,
    fix: () => 'have it issued with the key and the extended key usage that are expected',
  },
  CERTIFICATE_REVOKED: {
    cause: (peer, ours) => `${ours} is revoked for the ${peer}`,
    fix: () => 'have it issued again',
  },
  CERTIFICATE_EXPIRED: {
    cause: (_peer, ours) => `${ours} has expired`,
    fix: () =>
      'renew the Secret; `countersign certs list` says which. If it has not, compare the clocks of both machines',
  },
  CERTIFICATE_UNKNOWN: {
    cause: (peer, ours) => `the ${peer} does not accept ${ours}, for a reason of its own`,
    fix: (peer) => `compare it with what the ${peer} expects: CA, names and extended key usage`,
  },
  UNKNOWN_CA: {
    cause: (peer, ours) => `the issuer of ${ours} is not known to the ${peer}`,
    fix: (peer) => `have it issued by a CA that the ${peer} trusts, or send its intermediate certificates along`,
  },
  ACCESS_DENIED: {
    cause: (peer, ours) => `the ${peer} knows ${ours} and does not allow it`,
    fix: () => 'have it authorised there (an intention of Consul, an AuthorizationPolicy of Istio)',
  },
  UNRECOGNIZED_NAME: {
    cause: (peer) => `the ${peer} does not know the server name that it was asked for`,
    fix: () => 'set `sni` of the TLSContext to a name that it serves',
  },
  PROTOCOL_VERSION: {
    cause: () => 'no TLS version is common to both',
    fix: () => 'compare `min_tls_version` and `max_tls_version` with what the other side takes',
    both: true,
  },
  INSUFFICIENT_SECURITY: {
    cause: (peer) => `the ${peer} wants stronger cipher suites or keys than were offered`,
    fix: () => 'compare `cipher_suites` and `ecdh_curves` with what the other side takes',
    both: true,
  },
  NO_APPLICATION_PROTOCOL: {
    cause: () => 'no application protocol (ALPN) is common to both',
    fix: () => 'correct `alpn_protocols` of the TLSContext',
    both: true,
  },
  DECRYPT_ERROR: {
    cause: (peer, ours) =>
      `the ${peer} could not verify a signature of the handshake: ${ours} and its key do not belong together there, or something between both alters the handshake`,
    fix: (peer) => `have it issued again; look at what is between, and at the log of the ${peer}`,
  },
  INTERNAL_ERROR: {
    cause: (peer) => `the ${peer} failed for a reason that has nothing to do with us`,
    fix: ASK,
  },
  INAPPROPRIATE_FALLBACK: {
    cause: (peer) => `the ${peer} takes a later TLS version than was offered at last (RFC 7507)`,
    fix: () => 'raise `max_tls_version`',
  },
  NO_RENEGOTIATION: {
    cause: (peer) => `the ${peer} does not renegotiate`,
    fix: (peer) => `have the ${peer} ask for the certificate in the first handshake`,
  },
  ECH_REQUIRED: {
    cause: (peer) => `the ${peer} takes only handshakes with an encrypted server name`,
    fix: ASK,
  },
};

const NAME = /(?:SSLV3|TLSV1)_(?:ALERT_)?([A-Z_]+)/;
/** Errors of these names are BoringSSL’s own. */
const NOT_ALERTS =
  /^(?:SSLV3|TLSV1)_(?!ALERT_)(?!CERTIFICATE_|UNRECOGNIZED_NAME|BAD_CERTIFICATE|UNSUPPORTED_EXTENSION|UNKNOWN_PSK)/;

/** What the alert in a transport failure reason means, whichever it is: the peer ended the handshake. Undefined if there is none. */
export function alertIn(reason: string, peer: Peer): Failure | undefined {
  const [whole = '', name = ''] = NAME.exec(reason) ?? [];
  if (name === '' || NOT_ALERTS.test(whole)) return undefined;
  const ours = peer === 'upstream' ? 'our client certificate' : 'our server certificate';
  const refused = `the ${peer} refused us` as const;
  const alert = Object.hasOwn(ALERTS, name) ? ALERTS[name] : undefined;
  return alert === undefined
    ? { side: refused, cause: `the ${peer} ended the handshake with the alert ${name.toLowerCase()}`, fix: COMPARE }
    : { side: alert.both === true ? 'both sides' : refused, cause: alert.cause(peer, ours), fix: alert.fix(peer) };
}
