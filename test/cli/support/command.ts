import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { recordedRun } from '../../canary/recorded-run';

export const FIXTURES = join(__dirname, '../../../fixtures');
/** Soundly issued, of a throwaway CA, valid until 2120: EC client certificate with `ca.crt`. */
export const UPSTREAM_CERTS = join(FIXTURES, 'pki/secrets/upstream-certs.yaml');

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly variables?: Readonly<Record<string, string>>;
  readonly now?: string;
  /** Whether both outputs are a terminal. */
  readonly terminal?: boolean;
  readonly columns?: number;
}

/** Runs one command line in this process. */
export async function countersign(argv: readonly string[], surroundings: Surroundings = {}): Promise<Output> {
  const { variables = {}, now = '2026-06-15T12:00:00Z', terminal = false, columns } = surroundings;
  let [stdout, stderr] = ['', ''];
  const code = await recordedRun(argv, {
    stdout: { write: (text) => (stdout += text), isTTY: terminal, ...(columns !== undefined && { columns }) },
    stderr: { write: (text) => (stderr += text), isTTY: terminal },
    variables,
    now: () => new Date(now),
  });
  return { code, stdout, stderr };
}

const made: string[] = [];
afterAll(() => made.splice(0).forEach((path) => rmSync(path, { recursive: true, force: true })));

/** A temporary folder with these files, removed when the tests of the file are over. */
export function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  made.push(path);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

/** A definition as JSON, which is YAML too. */
export function definition(kind: string, name: string, spec: object, metadata: object = {}): string {
  const apiVersion = kind === 'Secret' || kind === 'Service' ? 'v1' : 'getambassador.io/v3alpha1';
  return `---\n${JSON.stringify({ apiVersion, kind, metadata: { name, ...metadata }, spec })}\n`;
}

/** The documentation's example: clean, but for the warning CS4002 that any certificate of the CA is accepted. */
export const EXAMPLE = `${definition('TLSContext', 'upstream-context', { hosts: [], secret: 'upstream-certs' })}${definition(
  'Mapping',
  'upstream-mapping',
  { hostname: '*', prefix: '/upstream/', service: 'upstream-service', tls: 'upstream-context' },
)}`;

/** Nothing to say about it. */
export const CLEAN = definition('Mapping', 'plain', { hostname: '*', prefix: '/', service: 'plain' });

/** One error, CS3001, in line 2. */
export const BROKEN = definition('Mapping', 'broken', { hostname: '*', prefix: '/', service: 'x', tls: 'nowhere' });
