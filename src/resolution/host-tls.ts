import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Path } from '../model/document';
import type { SecretReference, TlsSettings } from './tls-secrets';
import { resolveTlsContext } from './tls-context';

/** How a Host terminates TLS: its certificate, and the settings with the definition they stand in. */
export interface HostTls {
  readonly certificate: SecretReference;
  readonly settings: TlsSettings;
  /** The Host itself (`tls`, or nothing said), or the TLSContext that it links. */
  readonly owner: Definition<'Host'> | Definition<'TLSContext'>;
  /** Where the settings stand in the owner’s document. */
  readonly path: Path;
}

/**
 * Undefined where the Host does not terminate TLS: `tlsSecret` is the switch. A link to a TLSContext that does not exist
 * leaves the settings empty; validation has taken such a Host out of service.
 */
export function hostTls(host: Definition<'Host'>, definitions: Definitions): HostTls | undefined {
  const { tlsSecret, tls } = host.spec;
  if (tlsSecret?.name === undefined) return undefined;
  const certificate: SecretReference = {
    namespace: tlsSecret.namespace ?? host.metadata.namespace,
    name: tlsSecret.name,
    path: ['spec', 'tlsSecret', 'name'],
  };
  const context = linkedContext(host, definitions);
  if (context !== undefined) return { certificate, settings: context.spec, owner: context, path: ['spec'] };
  return { certificate, settings: tls ?? {}, owner: host, path: ['spec', 'tls'] };
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
