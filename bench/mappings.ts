import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many TLSContexts one Mapping in ten takes turns with. */
export const TLS_CONTEXTS = 20;

export interface MappingsLayout {
  readonly mappings: number;
  /** Mappings per file. */
  readonly perFile: number;
}

/** Writes Mappings as a large user has them: each its own service, one in ten over TLS with one of 20 TLSContexts without a certificate. */
export function writeMappings(directory: string, { mappings, perFile }: MappingsLayout): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, 'contexts.yaml'),
    Array.from({ length: TLS_CONTEXTS }, (_, index) => tlsContext(index)).join('---\n'),
  );
  for (let first = 0; first < mappings; first += perFile) {
    const count = Math.min(perFile, mappings - first);
    const documents = Array.from({ length: count }, (_, index) => mapping(first + index));
    writeFileSync(fileOf(directory, first, perFile), documents.join('---\n'));
  }
}

/** The file that holds a Mapping. */
export function fileOf(directory: string, index: number, perFile: number): string {
  return join(directory, `mappings-${String(Math.floor(index / perFile)).padStart(4, '0')}.yaml`);
}

export function mapping(index: number, timeoutMs = 5000): string {
  const tls = index % 10 === 0 ? `\n  tls: context-${(index / 10) % TLS_CONTEXTS}` : '';
  return `apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata:
  name: mapping-${index}
  namespace: default
  labels: {team: team-${index % 50}}
spec:
  hostname: "*"
  prefix: /service-${index}/
  service: service-${index}.apps:8080
  timeout_ms: ${timeoutMs}
  add_request_headers:
    x-service: {value: "service-${index}", append: false}${tls}
`;
}

export function tlsContext(index: number): string {
  return `apiVersion: getambassador.io/v3alpha1
kind: TLSContext
metadata: {name: context-${index}}
spec: {hosts: [], sni: context-${index}.test, min_tls_version: v1.2}
`;
}
