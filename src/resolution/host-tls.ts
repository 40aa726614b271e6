import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Path } from '../model/document';
import { type CertificateSource, certificateFiles } from './certificate-source';
import { resolveTlsContext } from './tls-context';
import type { TlsOwner, TlsSettings } from './tls-secrets';

/** How a Host terminates TLS: its certificate, and the settings with the definition they stand in. */
export interface HostTls {
  readonly certificate: CertificateSource;
  readonly settings: TlsSettings;
  /** The Host itself (`tls`, or nothing said), or the TLSContext that it links. */
  readonly owner: TlsOwner;
  /** Where the settings stand in the owner’s document. */
  readonly path: Path;
}

/**
 * Undefined where the Host does not terminate TLS: `tlsSecret` is the switch, or a certificate in files that `tls` or the named
 * `tlsContext` brings along. A link to a TLSContext that does not exist leaves the settings empty; validation has taken such a Host
 * out of service.
 */
export function hostTls(host: Definition<'Host'>, definitions: Definitions): HostTls | undefined {
  const { tlsSecret, tlsContext, tls } = host.spec;
  if (tlsSecret === undefined && tlsContext === undefined && tls === undefined) return undefined;
  const context = linkedContext(host, definitions);
  const owner = context ?? host;
  const settings = context?.spec ?? tls ?? {};
  const certificate = tlsSecret === undefined ? certificateFiles(owner, settings) : secretOf(host, tlsSecret);
  if (certificate === undefined) return undefined;
  return { certificate, settings, owner, path: context === undefined ? ['spec', 'tls'] : ['spec'] };
}

function secretOf(
  host: Definition<'Host'>,
  { name, namespace }: NonNullable<Definition<'Host'>['spec']['tlsSecret']>,
): CertificateSource {
  const reference = {
    namespace: namespace ?? host.metadata.namespace,
    name,
    path: ['spec', 'tlsSecret', 'name'],
  };
  return { type: 'secret', reference };
}

/** The TLSContext named by `tlsContext`; with neither `tls` nor `tlsContext`, one named `<host>-context` in the Host’s namespace. */
export function linkedContext(
  host: Definition<'Host'>,
  definitions: Definitions,
): Definition<'TLSContext'> | undefined {
  const { tls, tlsContext } = host.spec;
  const { name, namespace } = host.metadata;
  if (tlsContext?.name !== undefined) {
    const resolved = resolveTlsContext(definitions, tlsContext.name, namespace);
    return resolved.type === 'found' ? resolved.context : undefined;
  }
  return tls === undefined ? definitions.find('TLSContext', namespace, `${name}-context`) : undefined;
}
