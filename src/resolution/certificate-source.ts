import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Path } from '../model/document';
import { type SecretReference, type TlsOwner, type TlsSettings, certificateReference } from './tls-secrets';

/** Where the certificate that is presented to a peer comes from. */
export type CertificateSource = { readonly type: 'secret'; readonly reference: SecretReference } | CertificateFiles;

/** Paths on the machine of Envoy, which reads them itself. */
export interface CertificateFiles {
  readonly type: 'files';
  /** The definition that names them. */
  readonly owner: TlsOwner;
  readonly chain: string;
  readonly key: string;
}

/** What a TLSContext presents: `secret`, else `cert_chain_file` with `private_key_file`. */
export function contextCertificate(
  context: Definition<'TLSContext'>,
  definitions: Definitions,
): CertificateSource | undefined {
  const reference = certificateReference(context, definitions);
  return reference === undefined ? certificateFiles(context, context.spec) : { type: 'secret', reference };
}

/** Undefined unless both files are named; validation says so where only one is. */
export function certificateFiles(owner: TlsOwner, settings: TlsSettings): CertificateFiles | undefined {
  const { cert_chain_file: chain, private_key_file: key } = settings;
  return chain === undefined || key === undefined ? undefined : { type: 'files', owner, chain, key };
}

/** Where the certificate is named in the document of `owner`. */
export function certificatePath(source: CertificateSource, path: Path): Path {
  return source.type === 'secret' ? source.reference.path : [...path, 'cert_chain_file'];
}
