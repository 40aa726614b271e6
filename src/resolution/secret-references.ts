import type { Definitions } from '../model/definitions';
import { hostTls } from './host-tls';
import { type SecretReference, type TlsOwner, caReferences, certificateReference, crlReference } from './tls-secrets';

/** A definition that names a Secret. */
export interface SecretUse {
  readonly owner: TlsOwner;
  readonly reference: SecretReference;
}

/** Every Secret that a TLSContext or a Host names, for whatever purpose, whether or not it is there. */
export function secretReferences(definitions: Definitions): readonly SecretUse[] {
  const ofContexts = definitions
    .of('TLSContext')
    .flatMap((owner) =>
      uses(owner, [
        certificateReference(owner, definitions),
        ...caReferences(owner, owner.spec, ['spec'], definitions),
        crlReference(owner, owner.spec, ['spec'], definitions),
      ]),
    );
  const ofHosts = definitions.of('Host').flatMap((owner) => {
    const tls = hostTls(owner, definitions);
    if (tls === undefined) return [];
    const { certificate, settings, path } = tls;
    const own = tls.owner.kind === 'Host';
    return uses(owner, [
      certificate.type === 'secret' ? certificate.reference : undefined,
      ...(own ? caReferences(owner, settings, path, definitions) : []),
      own ? crlReference(owner, settings, path, definitions) : undefined,
    ]);
  });
  return [...ofContexts, ...ofHosts];
}

function uses(owner: TlsOwner, references: readonly (SecretReference | undefined)[]): readonly SecretUse[] {
  return references.flatMap((reference) => (reference === undefined ? [] : [{ owner, reference }]));
}
