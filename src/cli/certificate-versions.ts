import type { CompilationReport } from '../control-plane';
import type { Secret } from '../ir/secret';

/** Which certificates a version of a Secret resource holds; public. */
export interface CertificateVersion {
  /** Lower-case hex of the leaf or of the first CA. */
  readonly serial: string;
  /** SHA-256 in lower-case hex, of each certificate in its order. */
  readonly fingerprints: readonly string[];
}

/** How many versions of a name are remembered: an Envoy that is further behind is disconnected before. */
const REMEMBERED = 16;

/** Remembers what the versions of Secret resources held, so that one that an Envoy still has can be named by its serial number. */
export class CertificateVersions {
  readonly #byName = new Map<string, Map<string, CertificateVersion>>();

  /** Takes down what a compilation publishes. */
  published({ compilation }: CompilationReport): void {
    const names = new Set<string>();
    for (const { ir, snapshot } of compilation.groups.values())
      for (const secret of ir.secrets) {
        const version = snapshot.types.secrets.resources.get(secret.name)?.version;
        const held = contents(secret);
        if (version === undefined || held === undefined) continue;
        names.add(secret.name);
        this.#remember(secret.name, version, held);
      }
    for (const name of this.#byName.keys()) if (!names.has(name)) this.#byName.delete(name);
  }

  /** Undefined if it is not, or no longer, known. */
  get(name: string, version: string): CertificateVersion | undefined {
    return this.#byName.get(name)?.get(version);
  }

  #remember(name: string, version: string, held: CertificateVersion): void {
    const versions = this.#byName.get(name) ?? new Map<string, CertificateVersion>();
    this.#byName.set(name, versions);
    versions.delete(version);
    versions.set(version, held);
    for (const oldest of versions.keys()) {
      if (versions.size <= REMEMBERED) break;
      versions.delete(oldest);
    }
  }
}

/** What is in a file on Envoy's machine is not known here. */
function contents(secret: Secret): CertificateVersion | undefined {
  const value = secret.type === 'tls_certificate' ? secret.keyPair : secret.trust;
  if (value === 'system' || !('certificates' in value)) return undefined;
  const [first] = value.certificates;
  return first && { serial: first.serial, fingerprints: value.certificates.map(({ fingerprint }) => fingerprint) };
}
