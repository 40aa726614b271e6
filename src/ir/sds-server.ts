import { createHash } from 'node:crypto';
import type { Cluster } from './cluster';
import { type ForeignSecret, type SecretSource, isForeign } from './foreign-secret';

/** An SDS server answers on the same machine at once, or not at all. */
const CONNECT_TIMEOUT_MS = 1000;
const STEM_LENGTH = 60;
const NONE: readonly Cluster[] = [];

/** The name of the cluster by which Envoy reaches the SDS server at a socket. */
export function sdsServerName(socket: string): string {
  return `${stem(socket)}_${createHash('sha256').update(socket).digest('hex').slice(0, 8)}`;
}

/** The clusters of the SDS servers that a cluster’s secrets come from. */
export function sdsServers({ tls, origins }: Cluster): readonly Cluster[] {
  if (tls === undefined) return NONE;
  const sources: readonly (SecretSource | undefined)[] = [tls.clientCertificate, tls.verification?.trustedCa];
  const sockets = new Set(sources.filter(isForeign).map(({ socket }: ForeignSecret) => socket));
  return [...sockets].map((socket) => ({
    name: sdsServerName(socket),
    altStatName: stem(socket),
    discovery: { type: 'socket', path: socket },
    settings: { connectTimeoutMs: CONNECT_TIMEOUT_MS, http2: true },
    origins: origins.filter(({ kind }) => kind === 'TLSContext'),
  }));
}

/** The end of a path says more than its beginning. */
function stem(socket: string): string {
  return `sds${socket.replace(/[^A-Za-z0-9_.-]/g, '_').slice(-STEM_LENGTH)}`;
}
