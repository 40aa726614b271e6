import type { ModuleConfig } from '../resolution/module';

/** What the upstream learns of the client’s certificate in X-Forwarded-Client-Cert (Envoy, "x-forwarded-client-cert"). */
export interface ClientCertificateDetails {
  readonly forward: ForwardMode;
  /** What is written of the certificate beside its hash, by the modes that write. */
  readonly set: CertificateParts;
}

export type ForwardMode = 'sanitize' | 'forward_only' | 'append_forward' | 'sanitize_set' | 'always_forward_only';

export interface CertificateParts {
  readonly subject: boolean;
  readonly cert: boolean;
  readonly chain: boolean;
  readonly dns: boolean;
  readonly uri: boolean;
}

const NOTHING: CertificateParts = { subject: false, cert: false, chain: false, dns: false, uri: false };

/** Where nobody was verified: the header of a client is removed. */
export const SANITIZED: ClientCertificateDetails = { forward: 'sanitize', set: NOTHING };
const VERIFIED: ClientCertificateDetails = {
  forward: 'sanitize_set',
  set: { subject: true, cert: true, chain: false, dns: true, uri: true },
};

const known = new WeakMap<ModuleConfig, Readonly<Record<'verified' | 'unverified', ClientCertificateDetails>>>();

/**
 * What the Module says, for every connection. Where it is silent, the certificate is told of where clients are verified; the word of
 * a client is never passed on.
 */
export function clientCertificateDetails(verified: boolean, config: ModuleConfig): ClientCertificateDetails {
  let details = known.get(config);
  if (details === undefined) {
    details = { verified: build(VERIFIED, config), unverified: build(SANITIZED, config) };
    known.set(config, details);
  }
  return verified ? details.verified : details.unverified;
}

function build(byDefault: ClientCertificateDetails, config: ModuleConfig): ClientCertificateDetails {
  const { forward_client_cert_details: mode, set_current_client_cert_details: parts } = config;
  if (mode === undefined && (parts === undefined || byDefault.forward === 'sanitize')) return byDefault;
  return {
    forward: mode === undefined ? byDefault.forward : MODES[mode],
    set: {
      subject: parts?.subject === true,
      cert: parts?.cert === true,
      chain: parts?.chain === true,
      dns: parts?.dns === true,
      uri: parts?.uri === true,
    },
  };
}

const MODES: Readonly<Record<NonNullable<ModuleConfig['forward_client_cert_details']>, ForwardMode>> = {
  SANITIZE: 'sanitize',
  FORWARD_ONLY: 'forward_only',
  APPEND_FORWARD: 'append_forward',
  SANITIZE_SET: 'sanitize_set',
  ALWAYS_FORWARD_ONLY: 'always_forward_only',
};
