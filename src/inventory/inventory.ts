import type { Cluster } from '../ir/cluster';
import { type SecretSource, ownSecret } from '../ir/foreign-secret';
import type { Ir } from '../ir/ir';
import type { Listener } from '../ir/listener';
import type { Secret } from '../ir/secret';
import type { PeerVerification } from '../ir/tls';
import type { Item } from './item';
import type { Use } from './use';

/** Where the name of a validation context of Secrets goes on with that of its revocation lists. */
const CRL = '/ca/crl/';

/** Every certificate chain, CA bundle and revocation list that these configurations use, with who uses it; sorted by name and kind. */
export function inventoryOf(configurations: Iterable<Ir>): readonly Item[] {
  const items = new Map<string, Item>();
  for (const ir of configurations) {
    const uses = usesOf(ir);
    for (const secret of ir.secrets)
      for (const item of itemsOf(secret, uses.get(secret.name) ?? [])) {
        const key = JSON.stringify([item.name, item.kind]);
        const known = items.get(key);
        items.set(key, known === undefined ? item : { ...known, uses: distinct([...known.uses, ...item.uses]) });
      }
  }
  return [...items.values()].toSorted(byNameAndKind);
}

/** Paths on Envoy’s machine and the trust store there are not known here, and so are left out. */
function itemsOf(secret: Secret, uses: readonly Use[]): readonly Item[] {
  const { name, origins } = secret;
  if (secret.type === 'tls_certificate') {
    const { keyPair } = secret;
    return 'certificates' in keyPair ? [{ kind: 'certificate', name, keyPair, origins, uses }] : [];
  }
  const { trust, revocation } = secret;
  const [ca = name, lists = name] = name.includes(CRL) ? name.split(CRL) : [name.replace(/\/ca$/, '')];
  return [
    ...(trust !== 'system' && 'certificates' in trust
      ? [{ kind: 'ca', name: ca, bundle: trust, origins, uses } as const]
      : []),
    ...(revocation !== undefined && 'lists' in revocation
      ? [
          {
            kind: 'crl',
            name: lists,
            revocation,
            origins,
            uses: uses.map((use) => ({ ...use, role: 'revokes' }) as const),
          } as const,
        ]
      : []),
  ];
}

/** By the name of the Secret on the wire. */
function usesOf(ir: Ir): ReadonlyMap<string, readonly Use[]> {
  const uses = new Map<string, Use[]>();
  const add = (source: SecretSource | undefined, use: Use) => {
    const secret = ownSecret(source);
    if (secret === undefined) return;
    const list = uses.get(secret);
    if (list === undefined) uses.set(secret, [use]);
    else list.push(use);
  };
  for (const listener of ir.listeners) addListener(listener, add);
  for (const cluster of ir.clusters) addCluster(cluster, add);
  return uses;
}

/** Of a Secret of another SDS server nothing is known here. */
type Add = (source: SecretSource | undefined, use: Use) => void;

function addListener({ name, filterChains, origins }: Listener, add: Add): void {
  for (const chain of filterChains) {
    if (chain.tls === undefined) continue;
    const place = {
      direction: 'downstream',
      resource: `${name}/${chain.name}`,
      origins: chain.origins ?? origins,
    } as const;
    add(chain.tls.certificate, { ...place, role: 'presents' });
    addVerification(chain.tls.verification, place, add);
  }
}

function addCluster({ name, tls, origins }: Cluster, add: Add): void {
  if (tls === undefined) return;
  const place = { direction: 'upstream', resource: name, origins } as const;
  add(tls.clientCertificate, { ...place, role: 'presents' });
  addVerification(tls.verification, place, add);
}

function addVerification(verification: PeerVerification | undefined, place: Omit<Use, 'role'>, add: Add): void {
  if (verification === undefined) return;
  const { trustedCa, subjectAltNames: names } = verification;
  add(trustedCa, { ...place, role: 'verifies', ...(names.length > 0 && { names }) });
}

/** Node groups may share what uses it. */
function distinct(uses: readonly Use[]): readonly Use[] {
  const seen = new Map(uses.map((use) => [JSON.stringify([use.direction, use.role, use.resource]), use]));
  return [...seen.values()];
}

function byNameAndKind(a: Item, b: Item): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.kind < b.kind ? -1 : Number(a.kind > b.kind);
}
