import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { type BootstrapRole, bootstrapDocument, bootstrapYaml, xdsTlsFiles } from '../bootstrap-document';
import { CertificateAuthority, type IssuedCertificate, type LeafRequest } from './pki';

/** What `docker-compose.yml` calls the control plane: the name in its certificate, and where the Envoys look for it. */
const CONTROL_PLANE = { host: 'countersign', port: 18000 } as const;
/** Its presence means that all files are there. */
const LAST_FILE = join('countersign', 'tls.crt');
const DAY_MS = 24 * 60 * 60 * 1000;
const LIFETIME_DAYS = 365;
const RENEW_DAYS = 30;

interface GeneratedFile {
  /** Relative to the folder that is filled. */
  readonly path: string;
  readonly text: string;
}

/**
 * Fills a folder with what the containers of `docker-compose.yml` need and a repository must not hold:
 *
 * - `countersign/`: `tls.crt`, `tls.key`, `ca.crt` of the xDS port, and in `secrets/` the Kubernetes Secrets that the definitions name
 * - `edge/`, `sidecar/`: each Envoy's bootstrap `envoy.yaml`, and `tls.crt`, `tls.key`, `ca.crt` to reach the control plane with
 *
 * What is there and good for another month stays, so that containers that still run keep certificates of one CA.
 *
 * @returns whether anything was written
 * @throws Error of the file system
 */
export async function writeComposeFiles(folder: string, now: Date): Promise<boolean> {
  const root = resolve(folder);
  const renewal = new Date(now.getTime() + RENEW_DAYS * DAY_MS);
  if (await lastsLonger(join(root, LAST_FILE), renewal)) return false;
  for (const file of await composeFiles(root, now)) {
    const path = join(root, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, file.text, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
  return true;
}

async function lastsLonger(certificatePath: string, until: Date): Promise<boolean> {
  let pem: Buffer;
  try {
    pem = await readFile(certificatePath);
  } catch {
    return false;
  }
  return Date.parse(new X509Certificate(pem).validTo) > until.getTime();
}

async function composeFiles(root: string, now: Date): Promise<readonly GeneratedFile[]> {
  const validity = {
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + LIFETIME_DAYS * DAY_MS),
  };
  // Two CAs: whoever may speak to a service may not for that reason ask the control plane for keys.
  const xdsCa = await CertificateAuthority.createRoot({ commonName: 'Countersign compose xDS CA', ...validity });
  const meshCa = await CertificateAuthority.createRoot({ commonName: 'Countersign compose mesh CA', ...validity });
  const leaf = (commonName: string, usage: 'server' | 'client'): LeafRequest => ({
    commonName,
    subjectAltNames: [
      { type: 'dns', value: commonName },
      { type: 'uri', value: `spiffe://compose.countersign/${commonName}` },
    ],
    usages: [usage],
    ...validity,
  });
  const edge = await meshCa.issue(leaf('edge', 'client'));
  const upstreamService = await meshCa.issue({ ...leaf('upstream-service', 'server'), key: 'rsa' });
  return [
    secretFile('upstream-certs', { ...keyPair(edge), 'ca.crt': meshCa.certificatePem }),
    secretFile('upstream-service-certs', keyPair(upstreamService)),
    secretFile('edge-ca', { 'ca.crt': meshCa.certificatePem }),
    ...envoyFiles('edge', root, await xdsCa.issue(leaf('edge', 'client')), xdsCa),
    ...envoyFiles('sidecar', root, await xdsCa.issue(leaf('sidecar', 'client')), xdsCa),
    ...pemFiles('countersign', await xdsCa.issue(leaf(CONTROL_PLANE.host, 'server')), xdsCa),
  ];
}

function envoyFiles(
  role: BootstrapRole,
  root: string,
  issued: IssuedCertificate,
  ca: CertificateAuthority,
): readonly GeneratedFile[] {
  const xdsTlsDir = join(root, role);
  return [
    { path: join(role, 'envoy.yaml'), text: bootstrapYaml(bootstrapDocument({ role, xds: CONTROL_PLANE, xdsTlsDir })) },
    ...xdsTlsFiles(xdsTlsDir).map(({ path, document }) => ({
      path: relative(root, path),
      text: JSON.stringify(document),
    })),
    ...pemFiles(role, issued, ca),
  ];
}

function pemFiles(folder: string, issued: IssuedCertificate, ca: CertificateAuthority): readonly GeneratedFile[] {
  return [
    { path: join(folder, 'ca.crt'), text: ca.certificatePem },
    { path: join(folder, 'tls.key'), text: issued.privateKeyPem },
    { path: join(folder, 'tls.crt'), text: issued.chainPem },
  ];
}

function keyPair(issued: IssuedCertificate): Readonly<Record<string, string>> {
  return { 'tls.crt': issued.chainPem, 'tls.key': issued.privateKeyPem };
}

function secretFile(name: string, stringData: Readonly<Record<string, string>>): GeneratedFile {
  const type = 'tls.key' in stringData ? 'kubernetes.io/tls' : 'Opaque';
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type, stringData };
  return { path: join('countersign', 'secrets', `${name}.yaml`), text: stringify(secret) };
}
