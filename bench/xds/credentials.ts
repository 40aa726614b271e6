import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateAuthority } from '../../src/cli/demo/pki';

const DAY_MS = 24 * 60 * 60_000;
/** So many clients have certificates of their own. */
const CLIENTS = 1_000;

export interface Credentials {
  /** Folder of `ca.crt`, `tls.crt` and `tls.key`. */
  readonly server: string;
  /** File of a `ClientCredentials`. */
  readonly clients: string;
}

/** In PEM. */
export interface ClientCredentials {
  readonly ca: string;
  readonly clients: readonly { readonly cert: string; readonly key: string }[];
}

/** A CA of its own, a certificate for the server, and one for each of a thousand clients; P-256. */
export async function issueCredentials(directory: string): Promise<Credentials> {
  const now = Date.now();
  const validity = { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + DAY_MS) };
  const authority = await CertificateAuthority.createRoot({ commonName: 'bench CA', ...validity });
  const server = join(directory, 'server');
  mkdirSync(server, { recursive: true });
  const own = await authority.issue({
    commonName: 'server',
    subjectAltNames: [{ type: 'dns', value: 'localhost' }],
    ...validity,
  });
  writeFileSync(join(server, 'ca.crt'), authority.certificatePem);
  writeFileSync(join(server, 'tls.crt'), own.chainPem);
  writeFileSync(join(server, 'tls.key'), own.privateKeyPem, { mode: 0o600 });
  const all: { cert: string; key: string }[] = [];
  for (let index = 0; index < CLIENTS; index += 1) {
    const subjectAltNames = [{ type: 'uri', value: `spiffe://bench.test/envoy-${index}` }] as const;
    const { chainPem, privateKeyPem } = await authority.issue({ commonName: 'envoy', subjectAltNames, ...validity });
    all.push({ cert: chainPem, key: privateKeyPem });
  }
  const clients = join(directory, 'clients.json');
  const content: ClientCredentials = { ca: authority.certificatePem, clients: all };
  writeFileSync(clients, JSON.stringify(content), { mode: 0o600 });
  return { server, clients };
}
