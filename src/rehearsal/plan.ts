import type { KeyPair, Revocation, TrustBundle } from '../certificates';
import type { Cluster } from '../ir/cluster';
import type { Endpoint } from '../ir/endpoint-assignment';
import { type ForeignSecret, isForeign, ownSecret } from '../ir/foreign-secret';
import type { Ir } from '../ir/ir';
import type { Origin } from '../ir/origin';
import type { File, KeyPairFiles, Secret } from '../ir/secret';
import type { SubjectAltNameMatcher } from '../ir/tls';
import { clusterUsers } from './cluster-users';
import { type Offer, offerOf } from './offer';

/** Where a handshake goes. */
export interface Target {
  /** A DNS name or an IP literal. */
  readonly host: string;
  readonly port: number;
  /** Which addresses of a DNS name Envoy uses. */
  readonly addresses: 'ipv4' | 'ipv6' | 'both';
  /** Only the first address of the name. */
  readonly firstOnly: boolean;
}

/** What is presented to the upstream; files, and other SDS servers, are on Envoy’s machine. */
export interface Presented {
  readonly keyPair: KeyPair | KeyPairFiles | ForeignSecret;
  readonly origins: readonly Origin[];
}

/** What the upstream’s certificate is held against. */
export interface Demanded {
  readonly trust: TrustBundle | File | ForeignSecret | 'system';
  readonly revocation?: Revocation | File;
  readonly subjectAltNames: readonly SubjectAltNameMatcher[];
  /** Of the CAs and of the lists. */
  readonly origins: readonly Origin[];
}

export interface TlsPlan {
  readonly offer: Offer;
  /** Absent: no client certificate. */
  readonly presented?: Presented;
  /** Absent: any certificate is taken. */
  readonly demanded?: Demanded;
  /** The TLSContext, where there is one. */
  readonly contexts: readonly Origin[];
}

/** The handshakes of one cluster. */
export interface ClusterPlan {
  readonly cluster: string;
  readonly statName: string;
  /** The definitions whose traffic goes there; several may share a cluster. */
  readonly users: readonly Origin[];
  readonly targets: readonly Target[];
  /** How long Envoy gives a connection, TLS included, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Absent: the cluster speaks cleartext. */
  readonly tls?: TlsPlan;
}

/** What there is to rehearse, in the order of the clusters; SDS servers, and the one that connects to nothing, are left out. */
export function plansOf(ir: Ir): readonly ClusterPlan[] {
  const users = clusterUsers(ir);
  const secrets = new Map(ir.secrets.map((secret) => [secret.name, secret]));
  const endpoints = new Map(ir.endpoints.map((assignment) => [assignment.name, assignment.endpoints]));
  return ir.clusters
    .filter(({ discovery: { type } }) => type !== 'none' && type !== 'socket')
    .map((cluster) => ({
      cluster: cluster.name,
      statName: cluster.altStatName,
      users: users.get(cluster.name) ?? [],
      targets: targetsOf(cluster, endpoints),
      connectTimeoutMs: cluster.settings.connectTimeoutMs,
      ...(cluster.tls !== undefined && { tls: tlsPlan(cluster, secrets) }),
    }));
}

function targetsOf(
  { discovery, settings }: Cluster,
  endpoints: ReadonlyMap<string, readonly Endpoint[]>,
): readonly Target[] {
  const common = { addresses: settings.addresses ?? 'ipv4', firstOnly: settings.logicalDns === true } as const;
  if (discovery.type === 'none' || discovery.type === 'socket') return [];
  if (discovery.type !== 'eds') return [{ host: discovery.address, port: discovery.port, ...common }];
  return (endpoints.get(discovery.serviceName) ?? []).map(({ address, port }) => ({ host: address, port, ...common }));
}

function tlsPlan(cluster: Cluster, secrets: ReadonlyMap<string, Secret>): TlsPlan {
  const { tls = { cipherSuites: [], ecdhCurves: [], alpnProtocols: [] }, origins } = cluster;
  const { clientCertificate, verification } = tls;
  const certificate = secrets.get(ownSecret(clientCertificate) ?? '');
  const validation = secrets.get(ownSecret(verification?.trustedCa) ?? '');
  return {
    offer: offerOf(tls, cluster),
    ...(isForeign(clientCertificate) && { presented: { keyPair: clientCertificate, origins: [] } }),
    ...(verification !== undefined &&
      isForeign(verification.trustedCa) && {
        demanded: { trust: verification.trustedCa, subjectAltNames: verification.subjectAltNames, origins: [] },
      }),
    ...(certificate?.type === 'tls_certificate' && {
      presented: { keyPair: certificate.keyPair, origins: certificate.origins },
    }),
    ...(validation?.type === 'validation_context' && {
      demanded: {
        trust: validation.trust,
        ...(validation.revocation !== undefined && { revocation: validation.revocation }),
        subjectAltNames: verification?.subjectAltNames ?? [],
        origins: validation.origins,
      },
    }),
    contexts: origins.filter(({ kind }) => kind === 'TLSContext'),
  };
}
