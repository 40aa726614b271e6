import { isFor, isForServer, type KeyPair, keyPairOf, readKeyPair } from '../certificates';
import { type Definition, keyOf, subjectOf } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { contextCertificate } from '../resolution/certificate-source';
import { hostTls } from '../resolution/host-tls';
import { serverNameOf } from '../resolution/hostname';
import { resolveTlsContext } from '../resolution/tls-context';
import type { SecretReference } from '../resolution/tls-secrets';
import { upstreamOwners, upstreamReferenceOf } from '../resolution/upstream-reference';
import type { Acceptance, LastGood } from './accept';
import { type Versions, versionsOf, withHeld } from './held-secrets';

/** A place where a certificate is used, and what would be wrong with one there. */
interface CertificateUse {
  readonly reference: SecretReference;
  /** Undefined if it fits. */
  readonly misfit: (pair: KeyPair) => string | undefined;
}

/**
 * Holds back a sound certificate that fits worse than the one it would replace: of a Host that the old one names and the new one does
 * not, or without the extended key usage that the old one has for the direction in which it is used. It passes as soon as the
 * definitions ask for it, or the old one has expired; one that fits better somewhere else passes at once.
 *
 * @param definitions those of the acceptance
 */
export function keepFitting(
  acceptance: Acceptance,
  definitions: Definitions,
  previous: LastGood,
  since: ReadonlyMap<string, Date>,
  at: Date,
): Acceptance {
  const versions = versionsOf(acceptance, previous);
  const changed = new Map([...versions].filter(([, both]) => isReissued(both) && isValid(both.served, at)));
  if (changed.size === 0) return acceptance;
  const names = new Set([...changed.values()].map(({ next }) => next.metadata.name));
  const worse = new Map<string, string>();
  const better = new Set<string>();
  for (const { reference, misfit } of usesOf(definitions)) {
    if (!names.has(reference.name)) continue;
    const key = keyOf({ kind: 'Secret', namespace: reference.namespace, name: reference.name });
    const both = changed.get(key);
    const [old, next] = [both && keyPairOf(both.served.spec.data), both && keyPairOf(both.next.spec.data)];
    if (old === undefined || next === undefined) continue;
    const [was, is] = [misfit(old), misfit(next)];
    if (was === undefined && is !== undefined && !worse.has(key)) worse.set(key, is);
    if (was !== undefined && is === undefined) better.add(key);
  }
  const held = new Map([...worse].filter(([key]) => !better.has(key)));
  return withHeld('CS6006', acceptance, versions, held, since, at);
}

function isReissued({ served, next }: Versions): boolean {
  if (served === next) return false;
  const [old, pair] = [keyPairOf(served.spec.data), keyPairOf(next.spec.data)];
  return old !== undefined && pair !== undefined && old.chainPem !== pair.chainPem;
}

function isValid({ spec }: Definition<'Secret'>, at: Date): boolean {
  return readKeyPair(spec.data, at).value !== undefined;
}

function usesOf(definitions: Definitions): readonly CertificateUse[] {
  const served = definitions.of('Host').flatMap((host): CertificateUse[] => {
    const certificate = hostTls(host, definitions)?.certificate;
    if (certificate?.type !== 'secret') return [];
    const name = serverNameOf(host.spec.hostname ?? '*');
    const who = keyOf(subjectOf(host));
    return [
      {
        reference: certificate.reference,
        misfit: ({ certificates: [leaf] }) => {
          if (leaf === undefined) return undefined;
          if (!isForServer(leaf, name)) return `its certificate is not for ${name}, unlike the one before (${who})`;
          return isFor(leaf, 'server') ? undefined : `its extended key usage lacks serverAuth (${who})`;
        },
      },
    ];
  });
  const contexts = new Set<Definition<'TLSContext'>>();
  for (const { owner, tls, connects } of upstreamOwners(definitions).map(upstreamReferenceOf)) {
    if (tls === undefined || !connects) continue;
    const resolved = resolveTlsContext(definitions, tls, owner.metadata.namespace);
    if (resolved.type === 'found') contexts.add(resolved.context);
  }
  const presented = [...contexts].flatMap((context): CertificateUse[] => {
    const certificate = contextCertificate(context, definitions);
    if (certificate?.type !== 'secret') return [];
    const who = keyOf(subjectOf(context));
    return [
      {
        reference: certificate.reference,
        misfit: ({ certificates: [leaf] }) =>
          leaf === undefined || isFor(leaf, 'client') ? undefined : `its extended key usage lacks clientAuth (${who})`,
      },
    ];
  });
  return [...served, ...presented];
}
