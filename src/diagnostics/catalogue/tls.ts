import type { CatalogueEntry } from './entry';

/** CS4xxx: TLS policy. */
export const tlsCodes = {
  CS4001: {
    title: 'upstream is not verified',
    severity: 'warning',
    explanation:
      'TLS is originated with nothing to verify the peer against, as in Ambassador: any server, and anyone in between, is accepted. An error with --strict.',
    fix: 'give the TLSContext a `ca_secret` (or a Secret with `ca.crt`), or `verify: {trust: system}`',
  },
  CS4002: {
    title: 'upstream is verified by CA only',
    severity: 'warning',
    explanation: 'Any certificate of that CA is accepted, for whatever name it was issued. An error with --strict.',
    fix: 'add `verify: {hostname: …}` or `verify: {subject_alt_names: […]}` to the TLSContext',
  },
  CS4003: {
    title: 'client certificates required without a CA',
    severity: 'error',
    explanation:
      'With `cert_required` and no CA, Envoy enforces nothing and accepts clients without a certificate. The Host is quarantined instead.',
    fix: 'name the CA with `ca_secret`',
  },
  CS4004: {
    title: 'client certificate is optional',
    severity: 'warning',
    explanation:
      'A CA is given but not `cert_required`: a client without a certificate is let in, only a bad certificate is refused. Not so with names to `verify`: they demand one, whatever `cert_required` says.',
    fix: 'set `cert_required: true`, or `cert_required: false` if that is meant',
  },
  CS4005: {
    title: 'cipher suite not supported',
    severity: 'error',
    explanation:
      'Envoy’s TLS library does not know or no longer offers this cipher suite and would refuse the whole resource.',
    fix: 'use names such as ECDHE-ECDSA-AES128-GCM-SHA256',
  },
  CS4006: {
    title: 'curve not supported',
    severity: 'error',
    explanation: 'Envoy’s TLS library does not know this curve and would refuse the whole resource.',
    fix: 'use X25519, P-256, P-384, P-521 or X25519MLKEM768',
  },
  CS4007: {
    title: 'TLS version range is empty',
    severity: 'error',
    explanation: '`min_tls_version` is above `max_tls_version`, so no handshake could succeed.',
    fix: 'lower `min_tls_version` or raise `max_tls_version`',
  },
  CS4008: {
    title: 'TLS version is obsolete',
    severity: 'warning',
    explanation: 'TLS 1.0 and 1.1 are deprecated (RFC 8996). An error with --strict.',
    fix: 'set `min_tls_version: v1.2` or higher',
  },
  CS4009: {
    title: 'http:// with a TLSContext',
    severity: 'warning',
    explanation: 'The service says http://, the TLSContext says TLS. As in Ambassador, TLS wins.',
    fix: 'write https:// or leave the scheme out',
  },
  CS4010: {
    title: 'verification without a CA',
    severity: 'error',
    explanation:
      '`verify` says which names to accept, but nothing says whom to trust: names in an unverified certificate prove nothing.',
    fix: 'add `ca_secret`, a Secret with `ca.crt`, or `verify: {trust: system}`',
  },
  CS4011: {
    title: 'tls without tlsSecret',
    severity: 'error',
    explanation:
      'A Host terminates TLS only if it has a `tlsSecret`, or a `cert_chain_file` in its `tls` or TLSContext; Ambassador silently ignores `tls` and `tlsContext` without it and serves cleartext.',
    fix: 'add `tlsSecret: {name: …}`',
  },
  CS4012: {
    title: 'hostname cannot be matched by SNI',
    severity: 'error',
    explanation:
      'A Host with TLS needs a full name, `*` or `*.suffix`: nothing else can be matched against a client’s SNI, and Envoy would refuse the listener.',
    fix: 'use a full name or `*.suffix`',
  },
  CS4013: {
    title: 'Hosts disagree on the TLS of one name',
    severity: 'error',
    explanation:
      'Two Hosts share a name (on different ports) but not their TLS settings. Envoy picks the filter chain by name alone, so the later Host is quarantined.',
    fix: 'give both Hosts the same tlsSecret and TLS settings',
  },
  CS4014: {
    title: 'cleartext around a client-certificate policy',
    severity: 'error',
    explanation:
      'The Host demands client certificates and at the same time routes cleartext requests, which carry none. The cleartext routes are left out.',
    fix: 'set `requestPolicy: {insecure: {action: Redirect}}` or `Reject`',
  },
  CS4015: {
    title: 'Host cannot be served on a Listener without TLS',
    severity: 'warning',
    explanation:
      'The Host demands client certificates and this Listener has no TLS, so a request there cannot prove who sent it; X-Forwarded-Proto is no proof. Its routes are left out of this Listener.',
    fix: 'bind the Host to a Listener with TLS only',
  },
  CS4016: {
    title: 'hosts does not name the Host',
    severity: 'warning',
    explanation:
      'The TLSContext lists `hosts`, and the Host that links it is not among them. As in Ambassador, it is used nevertheless.',
    fix: 'add the hostname to `hosts`, or link another TLSContext',
  },
  CS4017: {
    title: 'Host cannot be served over HTTP/3',
    severity: 'warning',
    explanation:
      'HTTP/3 is TLS 1.3, and not every Envoy asks for client certificates over QUIC: one that does not lets everybody in. The Host is left out of this Listener; its name gets no connection there, or 421.',
    fix: 'label the Hosts that HTTP/3 may serve, and name the label in `hostBinding.selector` of the Listener on UDP',
  },
  CS4018: {
    title: 'revocation list without a CA',
    severity: 'error',
    explanation:
      'A revocation list is given, but no CA to verify the peer with, so nobody is verified and nobody is found revoked. Envoy refuses everything or checks nothing, depending on the rest.',
    fix: 'name the CA with `ca_secret` or `cacert_chain_file`',
  },
  CS4019: {
    title: 'revocation list does not fit the CA',
    severity: 'error',
    explanation:
      'Envoy looks for a list of the issuer of each certificate, signed by it, and refuses the certificate where there is none. Where no list fits any CA, nobody could connect; where only some CAs lack one (a warning), their certificates are refused.',
    fix: 'put a current list of every CA of the bundle into the Secret',
  },
  CS4020: {
    title: 'files on Envoy’s machine are not checked',
    severity: 'info',
    explanation:
      'The paths are read by Envoy, on its machine, and Countersign never sees what they hold: a file that is missing or bad is told of by Envoy alone, and what depends on it is not served. Envoy reads them again when they are replaced by renaming, as Kubernetes does with mounted Secrets.',
    fix: 'nothing to do; with a Secret instead, certificate and key are checked before Envoy gets them',
  },
  CS4021: {
    title: 'TLS setting without effect in its direction',
    severity: 'warning',
    explanation:
      'Some settings are about clients (`cert_required`) and some about upstreams (`sni`, `verify: {trust: system}`). In the other direction Ambassador sends them to Envoy all the same, which refuses its whole configuration; here they are left out.',
    fix: 'remove the setting',
  },
  CS4022: {
    title: 'TLSContext terminates nothing',
    severity: 'warning',
    explanation:
      'The TLSContext lists `hosts`, which are for termination, and no Host or TCPMapping uses it. As in Ambassador, it opens no port and no server name by itself.',
    fix: 'link it from a Host with `tlsContext`, or set `hosts: []` if it is for upstreams',
  },
  CS4023: {
    title: 'certificate is for the other direction',
    severity: 'warning',
    explanation:
      'The certificate restricts what it is for (extended key usage, RFC 5280 §4.2.1.12) and leaves out `serverAuth`, where it is served to clients, or `clientAuth`, where it is presented to upstreams. Envoy loads it without a word, and as a peer it refuses such a certificate (`unsupported certificate purpose`), as most do. `anyExtendedKeyUsage` does not help: Envoy does not take it for either.',
    fix: 'have the certificate issued with the extended key usage that is missing, or with both',
  },
  CS4024: {
    title: 'certificate does not name the Host',
    severity: 'warning',
    explanation:
      'No DNS name of the certificate covers the hostname of the Host that serves it, so clients refuse it. A wildcard covers one label (RFC 9525 §6.3). A certificate without DNS names is not judged by its common name, which clients ignore.',
    fix: 'have the certificate issued with the hostname among its DNS names, or name another Secret',
  },
  CS4045: {
    title: 'authentication fails open',
    severity: 'warning',
    explanation:
      'With `failure_mode_allow`, requests pass unauthenticated while the AuthService cannot be asked: whoever can overload or cut off the service needs no credentials. An error with --strict.',
    fix: 'remove `failure_mode_allow`; `status_on_error` says what clients get instead',
  },
  CS4048: {
    title: 'address of a client is its own claim',
    severity: 'warning',
    explanation:
      'With `use_remote_address: false`, `remote` in ip_allow or ip_deny is what X-Forwarded-For says, which any client that reaches the Listener may write; an error with --strict.',
    fix: 'remove `use_remote_address: false`, set `l7Depth` on the Listener, or compare `peer`',
  },
} as const satisfies Record<string, CatalogueEntry>;
