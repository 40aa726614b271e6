import { type CaRole, ownCaKey } from '../certificates';
import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Path } from '../model/document';
import { type SecretReference, type TlsSettings, caReference, certificateReference } from './tls-secrets';

/** What the peer is verified against. */
export type Trust =
  | { readonly type: 'secret'; readonly reference: SecretReference; readonly role: CaRole }
  /** The trust store of the machine that Envoy runs on. */
  | { readonly type: 'system' };

/**
 * Upstream: `ca_secret`, else `verify.trust: system`, else the CA (`ca.crt`, `root-cert.pem`) in the Secret that `secret` names.
 * Undefined: nothing to verify against.
 */
export function upstreamTrust(context: Definition<'TLSContext'>, definitions: Definitions): Trust | undefined {
  const declared = caReference(context, context.spec, ['spec'], definitions);
  if (declared !== undefined) return { type: 'secret', reference: declared, role: 'declared' };
  if (context.spec.verify?.trust === 'system') return { type: 'system' };
  const own = certificateReference(context, definitions);
  const data = own && definitions.find('Secret', own.namespace, own.name)?.spec.data;
  return own !== undefined && data !== undefined && ownCaKey(data) !== undefined
    ? { type: 'secret', reference: own, role: 'own' }
    : undefined;
}

/**
 * Downstream: `ca_secret`, else `root-cert.pem` beside the served certificate, as in Ambassador. Not `ca.crt`: there it is
 * the issuer of the server’s certificate (cert-manager writes it everywhere), and whoever has a certificate of a public CA
 * would pass as a client.
 */
export function downstreamTrust(
  owner: Definition<'TLSContext'> | Definition<'Host'>,
  settings: TlsSettings,
  path: Path,
  certificate: SecretReference,
  definitions: Definitions,
): Trust | undefined {
  const declared = caReference(owner, settings, path, definitions);
  if (declared !== undefined) return { type: 'secret', reference: declared, role: 'declared' };
  const data = definitions.find('Secret', certificate.namespace, certificate.name)?.spec.data;
  return data !== undefined && ownCaKey(data) === 'root-cert.pem'
    ? { type: 'secret', reference: certificate, role: 'own' }
    : undefined;
}
