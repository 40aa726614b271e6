import { inspect } from 'node:util';
import type { PrivateKey } from '../certificates';
import type { File, Secret as Input, TlsCertificateSecret, ValidationContextSecret } from '../ir/secret';
import type { EnvoyMessages } from '../protos';

type Secret = EnvoyMessages['envoy.extensions.transport_sockets.tls.v3.Secret'];
type TlsCertificate = EnvoyMessages['envoy.extensions.transport_sockets.tls.v3.TlsCertificate'];
type CertificateValidationContext =
  EnvoyMessages['envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext'];
type DataSource = EnvoyMessages['envoy.config.core.v3.DataSource'];

/** Where `verify.trust: system` finds the CAs: the path of Debian, Ubuntu, Alpine and of Envoy's own images. */
export const SYSTEM_TRUST_FILE = '/etc/ssl/certs/ca-certificates.crt';

/** How a private key is put into a Secret. */
export type KeySource = (name: string, key: PrivateKey) => DataSource;

export function secret(input: Input, keySource: KeySource = inlineKey): Secret {
  if (input.type === 'validation_context') {
    return { name: input.name, validation_context: validationContext(input) };
  }
  return { name: input.name, tls_certificate: tlsCertificate(input, keySource) };
}

/** Of files, Envoy watches the folders by itself, and reads both again when something in them is renamed (TlsCertificate, API reference). */
function tlsCertificate({ name, keyPair }: TlsCertificateSecret, keySource: KeySource): TlsCertificate {
  return 'chainFile' in keyPair
    ? { certificate_chain: { filename: keyPair.chainFile }, private_key: { filename: keyPair.keyFile } }
    : {
        certificate_chain: { inline_string: keyPair.chainPem },
        private_key: keySource(name, keyPair.privateKey),
      };
}

function validationContext({ trust, revocation }: ValidationContextSecret): CertificateValidationContext {
  return {
    trusted_ca: trust === 'system' ? { filename: SYSTEM_TRUST_FILE } : pemOrFile(trust),
    ...(revocation !== undefined && { crl: pemOrFile(revocation) }),
  };
}

function pemOrFile(source: { readonly pem: string } | File): DataSource {
  return 'file' in source ? { filename: source.file } : { inline_string: source.pem };
}

/** The key itself, for the wire. The codec sees it; JSON.stringify and util.inspect see the fingerprint. */
export const inlineKey: KeySource = (_name, key) => {
  const print = { value: () => key.toString() };
  return Object.defineProperties({ inline_string: key.revealPem() }, { toJSON: print, [inspect.custom]: print });
};
