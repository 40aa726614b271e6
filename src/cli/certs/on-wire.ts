import type { certificatesDocument, EnvoyHolding } from '../certificates-document';
import { CommandFailure } from '../exit-code';
import { certificatesOf, type Item } from '../../inventory';

type CertificatesDocument = ReturnType<typeof certificatesDocument>;

/** What one Envoy has of an item, compared with the input. */
export interface Wire extends EnvoyHolding {
  /** Whether it has acknowledged the very certificates that the input holds. */
  readonly inStep: boolean;
}

const PATIENCE_MS = 10_000;
const LONGEST = 64 * 1024 * 1024;

/**
 * Asks a running control plane which Envoys hold what.
 *
 * @param server its admin port, such as `http://127.0.0.1:18001`
 * @throws CommandFailure if it can't be asked
 */
export async function askServer(server: string): Promise<CertificatesDocument> {
  const url = urlOf(server);
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new CommandFailure(`--from-server: "${server}" is not an address such as http://127.0.0.1:18001`);
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' });
    const text = await answer.text();
    if (!answer.ok || text.length > LONGEST) throw new Error(`it answered ${answer.status}`);
    const document = JSON.parse(text) as Partial<CertificatesDocument>;
    if (document.schemaVersion !== 1 || !Array.isArray(document.certificates))
      throw new Error('it is of another version');
    return document as CertificatesDocument;
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : 'unknown';
    throw new CommandFailure(`--from-server: ${url.origin} can't be asked: ${problem}`, { cause });
  }
}

/** Which Envoys have an item of the input, and what of it; undefined for revocation lists, of which the server tells nothing. */
export function wireOf(item: Item, { certificates }: CertificatesDocument): readonly Wire[] | undefined {
  if (item.kind === 'crl') return undefined;
  const expected = certificatesOf(item)
    .map(({ fingerprint }) => fingerprint)
    .join();
  return certificates
    .filter(({ name, kind }) =>
      item.kind === 'certificate'
        ? kind === 'tls_certificate' && name === item.name
        : kind === 'validation_context' && (name === `${item.name}/ca` || name.startsWith(`${item.name}/ca/crl/`)),
    )
    .flatMap(({ envoys }) => envoys)
    .map((holding) => ({
      ...holding,
      inStep: holding.status === 'SYNCED' && holding.fingerprints?.join() === expected,
    }));
}

function urlOf(server: string): URL | undefined {
  try {
    return new URL('/certificates', server);
  } catch {
    return undefined;
  }
}
