import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CertificateAuthority, type IssuedCertificate } from './pki';

const DAY_MS = 24 * 60 * 60 * 1000;

export const EDGE_NAME = 'edge.demo.test';
export const UPSTREAM_NAME = 'upstream.demo.test';
export const EDGE_IDENTITY = 'spiffe://demo.countersign/edge';

export interface DemoPorts {
  readonly edge: number;
  readonly sidecar: number;
  readonly application: number;
}

/** The folder of a demo: definitions and Secrets as a user would have them, with a CA of its own. */
export class Workspace {
  readonly directory: string;
  readonly ca: CertificateAuthority;
  /** Another CA, which nobody here trusts. */
  readonly strangers: CertificateAuthority;
  readonly #now: Date;

  private constructor(directory: string, ca: CertificateAuthority, strangers: CertificateAuthority, now: Date) {
    this.directory = directory;
    this.ca = ca;
    this.strangers = strangers;
    this.#now = now;
  }

  static async create(now: Date): Promise<Workspace> {
    const validity = { notBefore: new Date(now.getTime() - DAY_MS), notAfter: new Date(now.getTime() + 365 * DAY_MS) };
    const ca = await CertificateAuthority.createRoot({ commonName: 'Countersign demo CA', ...validity });
    const strangers = await CertificateAuthority.createRoot({ commonName: 'Another CA', ...validity });
    const workspace = new Workspace(await mkdtemp(join(tmpdir(), 'countersign-demo-')), ca, strangers, now);
    await mkdir(workspace.path('config'));
    return workspace;
  }

  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  async writeDefinitions(ports: DemoPorts): Promise<void> {
    await this.write('config/edge.yaml', edgeDefinitions(ports));
    await this.write('config/sidecar.yaml', sidecarDefinitions(ports));
    await this.write('config/edge-clients-ca.yaml', secret('edge-clients-ca', { 'ca.crt': this.ca.certificatePem }));
  }

  /** The certificate of the edge’s own port: EC. */
  async issueEdgeServer(): Promise<IssuedCertificate> {
    return await this.#issue(this.ca, { name: EDGE_NAME, key: 'ec', usage: 'server' });
  }

  /** What the edge presents upstream: EC, with a SPIFFE identity. */
  async issueEdgeClient(ca: CertificateAuthority = this.ca): Promise<IssuedCertificate> {
    return await this.#issue(ca, { name: 'edge', key: 'ec', usage: 'client', uri: EDGE_IDENTITY });
  }

  /** A good client certificate of our CA, for somebody whom the sidecar does not expect. */
  async issueOtherClient(): Promise<IssuedCertificate> {
    return await this.#issue(this.ca, {
      name: 'other',
      key: 'ec',
      usage: 'client',
      uri: 'spiffe://demo.countersign/other',
    });
  }

  /** The certificate of the sidecar: RSA. */
  async issueSidecar(): Promise<IssuedCertificate> {
    return await this.#issue(this.ca, { name: UPSTREAM_NAME, key: 'rsa', usage: 'server' });
  }

  /** Writes a Secret with a certificate, its key and the demo’s CA, as one atomic replacement. */
  async writeKeyPair(name: string, chain: IssuedCertificate, key: IssuedCertificate = chain): Promise<void> {
    const values = { 'tls.crt': chain.chainPem, 'tls.key': key.privateKeyPem, 'ca.crt': this.ca.certificatePem };
    await this.write(`config/${name}.yaml`, secret(name, values));
  }

  async write(file: string, text: string): Promise<void> {
    const path = this.path(file);
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  async #issue(
    ca: CertificateAuthority,
    request: {
      readonly name: string;
      readonly key: 'ec' | 'rsa';
      readonly usage: 'server' | 'client';
      readonly uri?: string;
    },
  ): Promise<IssuedCertificate> {
    return await ca.issue({
      commonName: request.name,
      key: request.key,
      usages: [request.usage],
      subjectAltNames: [
        { type: 'dns', value: request.name },
        ...(request.uri === undefined ? [] : [{ type: 'uri' as const, value: request.uri }]),
      ],
      notBefore: new Date(this.#now.getTime() - DAY_MS),
      notAfter: new Date(this.#now.getTime() + 90 * DAY_MS),
    });
  }
}

function secret(name: string, stringData: Readonly<Record<string, string>>): string {
  const type = 'tls.key' in stringData ? 'kubernetes.io/tls' : 'Opaque';
  return stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type, stringData });
}

function edgeDefinitions({ edge, sidecar }: DemoPorts): string {
  return `# The edge: terminates TLS for ${EDGE_NAME}, and shows its own certificate to the upstream.
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: edge}
spec: {port: ${edge}, protocol: HTTPS, securityModel: SECURE, hostBinding: {namespace: {from: ALL}}}
---
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: {name: edge}
spec: {hostname: ${EDGE_NAME}, tlsSecret: {name: edge-certs}}
---
apiVersion: getambassador.io/v3alpha1
kind: TLSContext
metadata: {name: upstream-context}
spec:
  hosts: []
  secret: upstream-certs
  sni: ${UPSTREAM_NAME}
  verify: {hostname: ${UPSTREAM_NAME}}
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: upstream-mapping}
spec:
  hostname: ${EDGE_NAME}
  prefix: /upstream/
  service: 127.0.0.1:${sidecar}
  host_rewrite: ${UPSTREAM_NAME}
  tls: upstream-context
`;
}

function sidecarDefinitions({ sidecar, application }: DemoPorts): string {
  return `# The sidecar: demands a client certificate of the demo's CA with the edge's identity, and hands requests to the application.
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: sidecar}
spec: {ambassador_id: [sidecar], port: ${sidecar}, protocol: HTTPS, securityModel: SECURE, hostBinding: {namespace: {from: ALL}}}
---
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: {name: upstream}
spec:
  ambassador_id: [sidecar]
  hostname: ${UPSTREAM_NAME}
  tlsSecret: {name: sidecar-certs}
  tls:
    ca_secret: edge-clients-ca
    cert_required: true
    verify: {subject_alt_names: [{type: uri, exact: '${EDGE_IDENTITY}'}]}
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: application}
spec: {ambassador_id: [sidecar], hostname: ${UPSTREAM_NAME}, prefix: /, service: 'http://127.0.0.1:${application}'}
`;
}
