import { Type } from '@sinclair/typebox';
import { oneOf, strictObject } from './kind-model';

const part = (name: string, description: string) =>
  Type.Optional(
    Type.Boolean({
      default: false,
      description,
      'x-envoy': `http_connection_manager.set_current_client_cert_details.${name}`,
    }),
  );

const MODES = ['SANITIZE', 'FORWARD_ONLY', 'APPEND_FORWARD', 'SANITIZE_SET', 'ALWAYS_FORWARD_ONLY'] as const;

/** What upstreams are told of client certificates; Ambassador's documentation has the values of the two in each other's place. */
export const clientCertificateFields = {
  forward_client_cert_details: Type.Optional(
    oneOf(
      MODES,
      'What becomes of X-Forwarded-Client-Cert on every connection. Unset: `SANITIZE_SET` where clients are verified, else `SANITIZE`.',
      {
        'x-envoy': 'http_connection_manager.forward_client_cert_details',
        'x-ambassador':
          'Better: unset, upstreams are told of certificates that were verified; Ambassador tells them nothing.',
        'x-fix': `write one of ${MODES.join(', ')}; what is told of the certificate stands in set_current_client_cert_details`,
      },
    ),
  ),
  set_current_client_cert_details: Type.Optional(
    strictObject(
      {
        subject: part('subject', "The certificate's subject."),
        cert: part('cert', 'The certificate, PEM in URL encoding.'),
        chain: part('chain', 'The whole chain, PEM in URL encoding.'),
        dns: part('dns', 'Its subject alternative names of type DNS.'),
        uri: part('uri', 'Its subject alternative names of type URI, such as a SPIFFE ID.'),
      },
      {
        description:
          "What is told of the client's certificate beside its hash, with `SANITIZE_SET` and `APPEND_FORWARD`. With neither field set: subject, cert, dns and uri.",
        'x-fix':
          'write a mapping such as {subject: true, uri: true}; SANITIZE_SET and the like belong to forward_client_cert_details',
      },
    ),
  ),
};
