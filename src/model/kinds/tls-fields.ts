import { type TSchema, Type } from '@sinclair/typebox';
import { type FieldNotes, oneOf, strictObject } from './kind-model';

const TLS_VERSIONS = ['v1.0', 'v1.1', 'v1.2', 'v1.3'] as const;

/** Envoy refuses a server name with a NUL or of more than 255 bytes; RFC 6066 §3 has ASCII only. */
const SERVER_NAME = { pattern: '^[!-~]+$', minLength: 1, maxLength: 255 };

const VALIDATION = 'common_tls_context.validation_context';
const MATCHER = `${VALIDATION}.match_typed_subject_alt_names`;

const pattern = (word: string, description: string) =>
  Type.Optional(Type.String({ minLength: 1, description, 'x-envoy': `${MATCHER}.matcher.${word}` }));

const subjectAltName = strictObject(
  {
    exact: pattern('exact', 'The name itself.'),
    prefix: pattern('prefix', 'What the name must begin with.'),
    suffix: pattern('suffix', 'What the name must end with.'),
    regex: pattern('safe_regex', 'A regular expression (RE2 syntax) that the whole name must match.'),
    type: Type.Optional(
      oneOf(['dns', 'uri', 'ip', 'email'], 'Which kind of subject alternative name is compared.', {
        default: 'dns',
        'x-envoy': `${MATCHER}.san_type`,
      }),
    ),
  },
  { oneOf: ['exact', 'prefix', 'suffix', 'regex'].map((name) => ({ required: [name] })) },
);

const verify = strictObject(
  {
    subject_alt_names: Type.Optional(
      Type.Array(subjectAltName, {
        minItems: 1,
        description: "Names accepted in the peer's certificate (RFC 5280 §4.2.1.6); one match is enough.",
        'x-envoy': MATCHER,
      }),
    ),
    hostname: Type.Optional(
      Type.String({
        ...SERVER_NAME,
        description: "a DNS name: the one that the peer's certificate must be valid for (RFC 6125 §6.4)",
        'x-envoy': `${MATCHER}; without \`sni\` also upstream_tls_context.sni`,
      }),
    ),
    spiffe_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2048,
        description:
          'The SPIFFE ID that the peer’s certificate must have as a URI, such as `spiffe://example.org/backend`: short for `subject_alt_names: [{exact: …, type: uri}]`.',
        'x-envoy': MATCHER,
      }),
    ),
    trust: Type.Optional(
      oneOf(['system'], 'Verify upstreams against the trust store of the machine that Envoy runs on.', {
        'x-envoy': `${VALIDATION}.trusted_ca.filename`,
      }),
    ),
  },
  {
    description:
      'How the peer is verified beyond the chain to its CA. Names demand a client certificate, even without `cert_required`: without one there is no name.',
    'x-ambassador': 'Addition: Ambassador has no check of names, and no way to the trust store of the system.',
  },
);

/** The name of a Secret, which may carry its namespace. */
function secretName(notes: FieldNotes) {
  return Type.Optional(Type.String({ minLength: 1, ...notes }));
}

/** A path on Envoy's machine. Envoy needs the folder to watch it, so a bare file name is none. */
function file(notes: FieldNotes) {
  const description = `a path with its folder, on the machine of Envoy: ${notes.description}`;
  return Type.Optional(
    Type.String({
      pattern: '^[^\\0\\r\\n]*/[^\\0\\r\\n/]+$',
      maxLength: 4096,
      'x-ambassador': 'Envoy gets the path over SDS, and reads the file again when it is replaced by renaming.',
      ...notes,
      description,
    }),
  );
}

/** The fields that TLSContext and `Host.spec.tls` share. */
export const tlsFields = {
  ca_secret: Type.Optional(
    Type.Union(
      [
        Type.String({ minLength: 1 }),
        Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 16, uniqueItems: true }),
      ],
      {
        description:
          'Secret with the CA certificates that the peer is verified against: `ca.crt`, else `root-cert.pem`, else `tls.crt`. Of a list of Secrets, all of their CAs count.',
        'x-envoy': `${VALIDATION}.trusted_ca`,
        'x-ambassador':
          'Better: `ca.crt` is read too, and upstream it needs no certificate of our own beside it. The list is an addition, for a CA roll-over.',
      },
    ),
  ),
  cacert_chain_file: file({
    description: 'the CA certificates that the peer is verified against. Instead of `ca_secret`.',
    'x-envoy': `${VALIDATION}.trusted_ca.filename`,
  }),
  crl_secret: secretName({
    description:
      'Secret with the revocation lists of those CAs, one for each: `crl.pem`, else `user.key`. Revoked peers are refused.',
    'x-envoy': `${VALIDATION}.crl`,
    'x-ambassador':
      'Better: the lists are checked against the CAs and the date. `crl.pem` comes before `user.key`, where Ambassador has it the other way round.',
  }),
  crl_file: file({
    description: 'the revocation lists of those CAs. Instead of `crl_secret`.',
    'x-envoy': `${VALIDATION}.crl.filename`,
  }),
  cert_chain_file: file({
    description: 'the certificate chain that is presented to the peer. Needs `private_key_file`; instead of a Secret.',
    'x-envoy': 'common_tls_context.tls_certificates.certificate_chain.filename',
  }),
  private_key_file: file({
    description: 'the private key of `cert_chain_file`.',
    'x-envoy': 'common_tls_context.tls_certificates.private_key.filename',
  }),
  cert_required: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'Refuse clients that present no certificate. Termination only; needs a CA. With a CA and names to `verify`, they are refused without it, too.',
      'x-envoy': 'downstream_tls_context.require_client_certificate',
      'x-ambassador':
        'Better: without a CA it is an error, where in Ambassador it lets everybody in. Upstream it is left out, where Ambassador makes Envoy refuse everything.',
    }),
  ),
  sni: Type.Optional(
    Type.String({
      ...SERVER_NAME,
      description: 'a DNS name: the server name sent to the upstream in the TLS handshake (RFC 6066 §3)',
      'x-envoy': 'upstream_tls_context.sni',
      'x-ambassador': 'Better: downstream it is left out, where Ambassador makes Envoy refuse everything.',
    }),
  ),
  alpn_protocols: Type.Optional(
    Type.String({
      minLength: 1,
      // A protocol has 255 bytes at most.
      maxLength: 255,
      pattern: '^[ -~]+$',
      description: 'a comma-separated list of ALPN protocols in order of preference, such as `h2,http/1.1` (RFC 7301)',
      'x-envoy': 'common_tls_context.alpn_protocols',
      'x-ambassador':
        'Better: white space around a comma does not count. Upstream, `istio` alone is completed to what Istio’s own clients send, such as `istio-http/1.1,istio,http/1.1`.',
    }),
  ),
  min_tls_version: Type.Optional(
    oneOf(TLS_VERSIONS, 'Oldest TLS version accepted. Unset, it is TLS 1.2.', {
      'x-envoy': 'common_tls_context.tls_params.tls_minimum_protocol_version',
      'x-ambassador': 'Better: a bound beyond the default of the other moves that one along, instead of leaving none.',
    }),
  ),
  max_tls_version: Type.Optional(
    oneOf(
      TLS_VERSIONS,
      'Newest TLS version offered. Unset, it is TLS 1.3 to clients, TLS 1.2 to upstreams, and TLS 1.3 to those of a TLSContext with `istio` or `spiffe`.',
      {
        'x-envoy': 'common_tls_context.tls_params.tls_maximum_protocol_version',
      },
    ),
  ),
  cipher_suites: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description:
        "Cipher suites for TLS 1.2 and below in order of preference, by BoringSSL's names; `[A|B]` are of equal preference.",
      'x-envoy': 'common_tls_context.tls_params.cipher_suites',
      'x-ambassador': 'Better: a name that Envoy does not take is an error of this definition alone.',
    }),
  ),
  ecdh_curves: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description: "Key exchange groups by BoringSSL's names, in order of preference.",
      'x-envoy': 'common_tls_context.tls_params.ecdh_curves',
      'x-ambassador': 'Better: a name that Envoy does not take is an error of this definition alone.',
    }),
  ),
  verify: Type.Optional(verify),
} satisfies Record<string, TSchema>;

/** What Ambassador documents for the same place and never acts on; `prefix` is where the fields sit in the spec. */
export function ignoredTlsFields(prefix: string): Record<string, string> {
  return {
    [`${prefix}redirect_cleartext_from`]: 'a Host redirects cleartext with requestPolicy.insecure.action',
  };
}
