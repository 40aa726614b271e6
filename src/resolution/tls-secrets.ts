import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Path } from '../model/document';
import type { Specs } from '../model/kinds';
import { resolveSecretReference } from '../model/references';
import { type ConsulIdentity, consulIdentity, leafSecretName, rootsSecretName } from './consul-identity';
import { Memo } from './memo';
import { moduleConfig } from './module';

/** A reference to a Secret, carried as a pair and never as a joined string: a dot in a name stays a dot. */
export interface SecretReference {
  readonly namespace: string;
  readonly name: string;
  /** Where the reference was written. */
  readonly path: Path;
  /** Nobody writes the Secret: it is made of what Consul issues to this identity. */
  readonly issuedTo?: ConsulIdentity;
}

/** What a TLSContext's `spec` and a Host's `tls` have in common. */
export type TlsSettings = NonNullable<Specs['Host']['tls']>;

/** The definition that TLS settings stand in. */
export type TlsOwner = Definition<'TLSContext'> | Definition<'Host'>;

type Field = 'secret' | 'ca_secret' | 'crl_secret';

/** Asked for by rule after rule, and of every TLSContext though one Secret has changed. */
const references = new Memo<TlsOwner, readonly SecretReference[]>();

/** The Secret named by `secret` of a TLSContext, or the one that Consul’s certificate becomes: the certificate to present. */
export function certificateReference(
  context: Definition<'TLSContext'>,
  definitions: Definitions,
): SecretReference | undefined {
  const { secret } = context.spec;
  const identity = consulIdentity(context, definitions);
  if (identity !== undefined) return issued(identity, context, leafSecretName(identity));
  return secret === undefined ? undefined : referencesIn('secret', secret, ['spec'], context, definitions)[0];
}

/**
 * The Secrets named by `ca_secret`, one or a list, or that Consul’s roots become: whom to trust, all of them together. `path` is where the settings stand in the
 * document of `owner`. Empty: none is named.
 */
export function caReferences(
  owner: TlsOwner,
  settings: TlsSettings,
  path: Path,
  definitions: Definitions,
): readonly SecretReference[] {
  const { ca_secret: names } = settings;
  const identity = owner.kind === 'TLSContext' ? consulIdentity(owner, definitions) : undefined;
  if (identity !== undefined) return [issued(identity, owner, rootsSecretName(identity))];
  return names === undefined ? [] : referencesIn('ca_secret', names, path, owner, definitions);
}

/** The Secret named by `crl_secret`: which certificates of those CAs are revoked. */
export function crlReference(
  owner: TlsOwner,
  settings: TlsSettings,
  path: Path,
  definitions: Definitions,
): SecretReference | undefined {
  return settings.crl_secret === undefined
    ? undefined
    : referencesIn('crl_secret', settings.crl_secret, path, owner, definitions)[0];
}

/** In the namespace of the TLSContext: it is of no other's concern. */
function issued(issuedTo: ConsulIdentity, { metadata }: TlsOwner, name: string): SecretReference {
  return { namespace: metadata.namespace, name, path: issuedTo.path, issuedTo };
}

/** Namespacing: the TLSContext’s `secret_namespacing`, else the Module’s default, else true (Ambassador, "secret_namespacing"). */
function referencesIn(
  field: Field,
  names: string | readonly string[],
  settings: Path,
  owner: TlsOwner,
  definitions: Definitions,
): readonly SecretReference[] {
  const own = owner.kind === 'TLSContext' ? owner.spec.secret_namespacing : undefined;
  const namespacing = own ?? moduleConfig(definitions).defaults?.tls_secret_namespacing ?? true;
  return references.get(owner, field, [names, namespacing], () => {
    const { namespace } = owner.metadata;
    const path = [...settings, field];
    const resolve = (name: string) => resolveSecretReference(name, { namespace, namespacing });
    return typeof names === 'string'
      ? [{ ...resolve(names), path }]
      : names.map((name, index) => ({ ...resolve(name), path: [...path, index] }));
  });
}
