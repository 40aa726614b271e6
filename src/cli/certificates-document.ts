import type { CompilationReport } from '../control-plane';
import type { NodeResources } from '../xds';
import type { CertificateVersions } from './certificate-versions';
import { servedCertificates } from './status-document';

/** One Envoy and one Secret resource. */
export interface EnvoyHolding {
  readonly node: string;
  readonly group: string;
  /** As Envoy's `ConfigStatus`: `SYNCED` has acknowledged what is published. */
  readonly status: 'SYNCED' | 'STALE' | 'NOT_SENT' | 'ERROR';
  /** Of the certificate that it has, or was sent last; absent if nothing, or if nobody remembers. */
  readonly serial?: string;
  readonly fingerprints?: readonly string[];
}

/**
 * The body of `/certificates`: each certificate and CA bundle that is served, and which Envoys hold which version of it, as they
 * acknowledged. No keys.
 */
export function certificatesDocument(
  report: CompilationReport | undefined,
  versions: CertificateVersions,
  nodes: readonly NodeResources[],
) {
  const holdings = new Map<string, EnvoyHolding[]>();
  for (const { id, group, resources } of nodes)
    for (const { resource, version, status } of resources) {
      const held = versions.get(resource.name, version);
      const list = holdings.get(resource.name) ?? [];
      holdings.set(resource.name, list);
      list.push({ node: id, group, status, ...held });
    }
  return {
    schemaVersion: 1,
    certificates: (report === undefined ? [] : servedCertificates(report)).map((certificate) => ({
      ...certificate,
      envoys: holdings.get(certificate.name) ?? [],
    })),
  };
}
