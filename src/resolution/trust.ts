import { type CaRole, ownCaKey } from '../certificates';
import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Path } from '../model/document';
import { type CertificateSource, contextCertificate } from './certificate-source';
import { type SecretReference, type TlsOwner, type TlsSettings, caReferences, crlReference } from './tls-secrets';

/** What the peer is verified against. */
export interface Trust {
  readonly anchors: TrustAnchors;
  /** Which certificates of those CAs are revoked. */
  readonly revocation?: RevocationSource;
  /** The definition that says so. */
  readonly owner: TlsOwner;
}

/** Files are paths on the machine of Envoy, which reads them itself. */
export type TrustAnchors =
  /** At least one; the CAs of all of them together. Those of a list are sorted, so that its order makes no difference. */
  | { readonly type: 'secret'; readonly references: readonly SecretReference[]; readonly role: CaRole }
  | { readonly type: 'file'; readonly file: string }
  /** The trust store of the machine that Envoy runs on. */
  | { readonly type: 'system' };

export type RevocationSource =
  | { readonly type: 'secret'; readonly reference: SecretReference }
  | { readonly type: 'file'; readonly file: string };

/**
 * Upstream: `ca_secret`, else `cacert_chain_file`, else `verify.trust: system`, else the CA (`ca.crt`, `root-cert.pem`) in the Secret
 * that `secret` names. Undefined: nothing to verify against.
 */
export function upstreamTrust(context: Definition<'TLSContext'>, definitions: Definitions): Trust | undefined {
  const system: TrustAnchors | undefined = context.spec.verify?.trust === 'system' ? { type: 'system' } : undefined;
  const anchors =
    declared(context, context.spec, ['spec'], definitions) ??
    system ??
    own(contextCertificate(context, definitions), ['ca.crt', 'root-cert.pem'], definitions);
  return anchors && trust(anchors, context, context.spec, ['spec'], definitions);
}

/**
 * Downstream: `ca_secret`, else `cacert_chain_file`, else `root-cert.pem` beside the served certificate, as in Ambassador. Not
 * `ca.crt`: there it is the issuer of the server’s certificate (cert-manager writes it everywhere), and whoever has a certificate of
 * a public CA would pass as a client.
 */
export function downstreamTrust(
  owner: TlsOwner,
  settings: TlsSettings,
  path: Path,
  certificate: CertificateSource,
  definitions: Definitions,
): Trust | undefined {
  const anchors = declared(owner, settings, path, definitions) ?? own(certificate, ['root-cert.pem'], definitions);
  return anchors && trust(anchors, owner, settings, path, definitions);
}

/** Where the revocation lists of the settings come from, whether or not there is a CA for them. */
export function revocationSource(
  owner: TlsOwner,
  settings: TlsSettings,
  path: Path,
  definitions: Definitions,
): RevocationSource | undefined {
  const reference = crlReference(owner, settings, path, definitions);
  if (reference !== undefined) return { type: 'secret', reference };
  return settings.crl_file === undefined ? undefined : { type: 'file', file: settings.crl_file };
}

function trust(
  anchors: TrustAnchors,
  owner: TlsOwner,
  settings: TlsSettings,
  path: Path,
  definitions: Definitions,
): Trust {
  const revocation = revocationSource(owner, settings, path, definitions);
  return { anchors, owner, ...(revocation !== undefined && { revocation }) };
}

function declared(
  owner: TlsOwner,
  settings: TlsSettings,
  path: Path,
  definitions: Definitions,
): TrustAnchors | undefined {
  const references = caReferences(owner, settings, path, definitions);
  if (references.length > 0) return { type: 'secret', references: distinct(references), role: 'declared' };
  return settings.cacert_chain_file === undefined ? undefined : { type: 'file', file: settings.cacert_chain_file };
}

/** The CA that a Secret brings along with its own certificate, if it is under one of these keys. */
function own(
  certificate: CertificateSource | undefined,
  keys: readonly string[],
  definitions: Definitions,
): TrustAnchors | undefined {
  if (certificate?.type !== 'secret') return undefined;
  const { reference } = certificate;
  const data = definitions.find('Secret', reference.namespace, reference.name)?.spec.data;
  const key = data && ownCaKey(data);
  return key !== undefined && keys.includes(key) ? { type: 'secret', references: [reference], role: 'own' } : undefined;
}

/** Each Secret once, sorted. */
function distinct(references: readonly SecretReference[]): readonly SecretReference[] {
  if (references.length === 1) return references;
  const byName = new Map(references.map((reference) => [`${reference.namespace}/${reference.name}`, reference]));
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
}
