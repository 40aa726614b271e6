import { inspect } from 'node:util';
import type { PrivateKey } from '../certificates';
import type { Secret as Input, ValidationContextSecret } from '../ir/secret';
import type { EnvoyMessages } from '../protos';

type Secret = EnvoyMessages['envoy.extensions.transport_sockets.tls.v3.Secret'];
type DataSource = EnvoyMessages['envoy.config.core.v3.DataSource'];

/** Where `verify.trust: system` finds the CAs: the path of Debian, Ubuntu, Alpine and of Envoy's own images. */
export const SYSTEM_TRUST_FILE = '/etc/ssl/certs/ca-certificates.crt';

/** How a private key is put into a Secret. */
export type KeySource = (name: string, key: PrivateKey) => DataSource;

export function secret(input: Input, keySource: KeySource = inlineKey): Secret {
  if (input.type === 'validation_context') {
    return { name: input.name, validation_context: { trusted_ca: trustedCa(input) } };
  }
  return {
    name: input.name,
    tls_certificate: {
      certificate_chain: { inline_string: input.keyPair.chainPem },
      private_key: keySource(input.name, input.keyPair.privateKey),
    },
  };
}

function trustedCa({ trust }: ValidationContextSecret): DataSource {
  return trust === 'system' ? { filename: SYSTEM_TRUST_FILE } : { inline_string: trust.pem };
}

/** The key itself, for the wire. The codec sees it; JSON.stringify and util.inspect see the fingerprint. */
export const inlineKey: KeySource = (_name, key) => {
  const print = { value: () => key.toString() };
  return Object.defineProperties({ inline_string: key.revealPem() }, { toJSON: print, [inspect.custom]: print });
};
