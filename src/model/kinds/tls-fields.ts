import { Type } from '@sinclair/typebox';
import { type Unsupported, oneOf, strictObject } from './kind-model';

const TLS_VERSIONS = ['v1.0', 'v1.1', 'v1.2', 'v1.3'] as const;

/** Envoy refuses a server name with a NUL or of more than 255 bytes; RFC 6066 §3 has ASCII only. */
const SERVER_NAME = { pattern: '^[!-~]+$', minLength: 1, maxLength: 255 };

const pattern = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

const subjectAltName = strictObject(
  {
    exact: pattern('The name itself.'),
    prefix: pattern('What the name must begin with.'),
    suffix: pattern('What the name must end with.'),
    regex: pattern('A regular expression (RE2 syntax) that the whole name must match.'),
    type: Type.Optional(
      oneOf(['dns', 'uri', 'ip', 'email'], 'Which kind of subject alternative name is compared; default `dns`.'),
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
      }),
    ),
    hostname: Type.Optional(
      Type.String({
        ...SERVER_NAME,
        description: "a DNS name: the one that the peer's certificate must be valid for (RFC 6125 §6.4)",
      }),
    ),
    trust: Type.Optional(
      oneOf(['system'], 'Verify against the trust store of the machine that Envoy runs on, instead of a CA Secret.'),
    ),
  },
  { description: 'How the peer is verified beyond the chain to its CA. An addition of Countersign.' },
);

/** The fields that TLSContext and `Host.spec.tls` share. */
export const tlsFields = {
  ca_secret: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Secret with the CA certificates that the peer is verified against (`ca.crt`, else `tls.crt`).',
    }),
  ),
  cert_required: Type.Optional(
    Type.Boolean({ description: 'Refuse clients that present no certificate. Termination only; needs a CA.' }),
  ),
  sni: Type.Optional(
    Type.String({
      ...SERVER_NAME,
      description: 'a DNS name: the server name sent to the upstream in the TLS handshake (RFC 6066 §3)',
    }),
  ),
  alpn_protocols: Type.Optional(
    Type.String({
      minLength: 1,
      // A protocol has 255 bytes at most.
      maxLength: 255,
      pattern: '^[ -~]+$',
      description: 'a comma-separated list of ALPN protocols in order of preference, such as `h2,http/1.1` (RFC 7301)',
    }),
  ),
  min_tls_version: Type.Optional(oneOf(TLS_VERSIONS, 'Oldest TLS version accepted.')),
  max_tls_version: Type.Optional(oneOf(TLS_VERSIONS, 'Newest TLS version offered.')),
  cipher_suites: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description: "Cipher suites for TLS 1.2 and below, by BoringSSL's names, in order of preference.",
    }),
  ),
  ecdh_curves: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description: "Key exchange groups by BoringSSL's names, in order of preference.",
    }),
  ),
  verify: Type.Optional(verify),
};

/** What Ambassador documents for the same place and Countersign does not have; `prefix` is where the fields sit in the spec. */
export function unsupportedTlsFields(prefix: string): Record<string, Unsupported> {
  const fromFile: Unsupported = {
    severity: 'error',
    effect: 'certificates come from Secrets only, so the connection would run without it',
  };
  const revocation: Unsupported = {
    severity: 'error',
    effect: 'revoked certificates would be accepted',
  };
  return {
    [`${prefix}cert_chain_file`]: fromFile,
    [`${prefix}private_key_file`]: fromFile,
    [`${prefix}cacert_chain_file`]: fromFile,
    [`${prefix}crl_secret`]: revocation,
    [`${prefix}crl_file`]: revocation,
  };
}

/** What Ambassador documents for the same place and never acts on. */
export function ignoredTlsFields(prefix: string): Record<string, string> {
  return {
    [`${prefix}redirect_cleartext_from`]: 'a Host redirects cleartext with requestPolicy.insecure.action',
  };
}
