import { types } from 'node:util';
import Ajv from 'ajv';
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

const text = { type: 'string' };
const record = (properties: Readonly<Record<string, object>>, required: readonly string[]) => ({
  type: 'object',
  properties,
  required,
});

/** What is read of the answer. */
const ANSWER = record(
  {
    schemaVersion: { const: 1 },
    certificates: {
      type: 'array',
      items: record(
        {
          name: text,
          kind: text,
          envoys: {
            type: 'array',
            items: record(
              {
                node: text,
                group: text,
                status: { enum: ['SYNCED', 'STALE', 'NOT_SENT', 'ERROR'] },
                serial: text,
                fingerprints: { type: 'array', items: text },
              },
              ['node', 'group', 'status'],
            ),
          },
        },
        ['name', 'kind', 'envoys'],
      ),
    },
  },
  ['schemaVersion', 'certificates'],
);

/**
 * Asks a running control plane which Envoys hold what.
 *
 * @param server its admin port, such as `http://127.0.0.1:18001`
 * @throws CommandFailure if it can't be asked, or answers with something else
 */
export async function askServer(server: string): Promise<CertificatesDocument> {
  const url = urlOf(server);
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new CommandFailure(`--from-server: "${server}" is not an address such as http://127.0.0.1:18001`);
  if (url.username !== '' || url.password !== '')
    throw new CommandFailure('--from-server: the admin port asks for no user and password; leave them out');
  const answer = documentIn(
    await answerOf(url).catch((error: unknown) => {
      throw new CommandFailure(`--from-server: ${url.origin} can't be asked`, { cause: reasonIn(error) });
    }),
  );
  if (answer === undefined)
    throw new CommandFailure(
      `--from-server: what ${url.origin} answers is not what \`/certificates\` of this version does`,
    );
  return answer;
}

/** @throws Error if there is none, none in time, or one that is too long */
async function answerOf(url: URL): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' });
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > LONGEST) throw new Error('its answer is too long');
    pieces.push(decoder.decode(chunk, { stream: true }));
  }
  return pieces.join('');
}

/** `fetch` itself says only that it failed; a limit of time is no native error. */
function reasonIn(error: unknown): Error {
  if (!types.isNativeError(error)) return new Error('no answer in time');
  return types.isNativeError(error.cause) ? error.cause : error;
}

function documentIn(answer: string): CertificatesDocument | undefined {
  try {
    const value: unknown = JSON.parse(answer);
    return new Ajv({ strictTuples: false }).compile<CertificatesDocument>(ANSWER)(value) ? value : undefined;
  } catch {
    return undefined;
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
