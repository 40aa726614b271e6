import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { bootstrapDocument, bootstrapYaml, xdsTlsFiles } from '../../src/cli/bootstrap-document';
import { CertificateAuthority, type IssuedCertificate } from '../../src/cli/demo/pki';
import { Envoy, validate } from '../support/envoy';
import { eventually } from '../support/eventually';

const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
const loopback = { type: 'ip', value: '127.0.0.1' } as const;

describe('a real Envoy', () => {
  test.each(['edge', 'sidecar'])('accepts envoy/%s.yaml', async (role) => {
    const text = readFileSync(join(__dirname, '..', '..', 'envoy', `${role}.yaml`), 'utf8');
    expect(await validate(text)).toMatchObject({ ok: true });
  });

  test.each(['n', '0x1', '~'])('reads the node id %j as a string', async (nodeId) => {
    const yaml = bootstrapYaml(bootstrapDocument({ role: 'edge', nodeId }));
    expect(await validate(yaml)).toMatchObject({ ok: true });
    expect(await validate(yaml.replace(JSON.stringify(nodeId), nodeId))).toMatchObject({ ok: false });
  });

  test.each([{ path: '/run/countersign.sock' }, { host: 'countersign.mesh', port: 443 }, { host: '::1', port: 1 }])(
    'accepts a control plane at %j',
    async (xds) => {
      expect(await validate(bootstrapDocument({ role: 'sidecar', xds }))).toMatchObject({ ok: true });
    },
  );
});

describe('a real Envoy with --xds-tls-dir', () => {
  let dir: string;
  let ca: CertificateAuthority;
  let controlPlane: ControlPlane;
  let envoy: Envoy | undefined;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-xds-tls-'));
    ca = await CertificateAuthority.createRoot({ commonName: 'xDS CA', ...validity });
    const server = await ca.issue({ commonName: 'control plane', subjectAltNames: [loopback], ...validity });
    controlPlane = await ControlPlane.start(server, ca.certificatePem);
  });
  afterEach(async () => {
    await envoy?.stop();
    envoy = undefined;
    controlPlane.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const bootstrap = (sdsDir: string = dir): object => {
    for (const file of xdsTlsFiles(dir, sdsDir)) writeFileSync(file.path, JSON.stringify(file.document));
    return bootstrapDocument({
      role: 'edge',
      xds: { host: '127.0.0.1', port: controlPlane.port },
      xdsTlsDir: dir,
      sdsDir,
    });
  };
  const put = (name: string, text: string): void => {
    writeFileSync(join(dir, `.${name}.new`), text, { mode: 0o600 });
    renameSync(join(dir, `.${name}.new`), join(dir, name));
  };

  test('shows its certificate over TLS 1.3, and the next one after files were renamed in, without a restart', async () => {
    const first = await ca.issue({ commonName: 'first', ...validity });
    const second = await ca.issue({ commonName: 'second', ...validity });
    put('ca.crt', ca.certificatePem);
    put('tls.crt', first.chainPem);
    put('tls.key', first.privateKeyPem);
    envoy = await Envoy.start(bootstrap());
    expect(await controlPlane.connected(first)).toBe('TLSv1.3');
    // One file after the other: between the two renames the pair does not match, and Envoy must keep the first.
    put('tls.crt', second.chainPem);
    put('tls.key', second.privateKeyPem);
    expect(await controlPlane.connected(second)).toBe('TLSv1.3');
  });

  test('follows the symbolic links of a Kubernetes Secret volume', async () => {
    const mount = (name: string, issued: IssuedCertificate): void => {
      mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, 'ca.crt'), ca.certificatePem);
      writeFileSync(join(dir, name, 'tls.crt'), issued.chainPem);
      writeFileSync(join(dir, name, 'tls.key'), issued.privateKeyPem);
      symlinkSync(name, join(dir, '..data_tmp'));
      renameSync(join(dir, '..data_tmp'), join(dir, '..data'));
    };
    const first = await ca.issue({ commonName: 'first', ...validity });
    const second = await ca.issue({ commonName: 'second', ...validity });
    mount('..1', first);
    for (const name of ['ca.crt', 'tls.crt', 'tls.key']) symlinkSync(join('..data', name), join(dir, name));
    const sdsDir = mkdtempSync(join(tmpdir(), 'countersign-sds-'));
    try {
      envoy = await Envoy.start(bootstrap(sdsDir));
      await controlPlane.connected(first);
      mount('..2', second);
      await controlPlane.connected(second);
    } finally {
      rmSync(sdsDir, { recursive: true, force: true });
    }
  });

  test('does not talk to a control plane of another name', async () => {
    const impostor = await ca.issue({
      commonName: 'impostor',
      subjectAltNames: [{ type: 'ip', value: '127.0.0.2' }],
      ...validity,
    });
    controlPlane.useCertificate(impostor);
    const own = await ca.issue({ commonName: 'first', ...validity });
    put('ca.crt', ca.certificatePem);
    put('tls.crt', own.chainPem);
    put('tls.key', own.privateKeyPem);
    envoy = await Envoy.start(bootstrap());
    const { admin } = envoy;
    await eventually('Envoy refuses the name', async () => {
      const refused = (await admin.stat('cluster.countersign_xds.ssl.fail_verify_san')) ?? 0;
      return refused > 0 ? refused : undefined;
    });
    expect(controlPlane.sawStreams).toBe(0);
  });
});

/** The outside of a control plane: HTTP/2 with mutual TLS. It takes Envoy's ADS stream and never answers. */
class ControlPlane {
  readonly #server: Http2SecureServer;
  readonly #ca: string;
  readonly #sessions = new Set<ServerHttp2Session>();
  sawStreams = 0;

  private constructor(server: Http2SecureServer, ca: string) {
    this.#server = server;
    this.#ca = ca;
    server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('error', () => undefined);
      session.on('close', () => this.#sessions.delete(session));
    });
    server.on('stream', (stream) => {
      this.sawStreams += 1;
      stream.on('error', () => undefined);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    });
  }

  static async start(certificate: IssuedCertificate, ca: string): Promise<ControlPlane> {
    const server = createSecureServer({ requestCert: true, rejectUnauthorized: true, ca });
    const controlPlane = new ControlPlane(server, ca);
    controlPlane.useCertificate(certificate);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return controlPlane;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  useCertificate(certificate: IssuedCertificate): void {
    this.#server.setSecureContext({ cert: certificate.chainPem, key: certificate.privateKeyPem, ca: this.#ca });
  }

  /** Cuts Envoy's connections until it comes back with this certificate; answers the version of TLS. */
  async connected(certificate: IssuedCertificate): Promise<string> {
    return await eventually(`Envoy connects with the certificate ${certificate.serial}`, async () => {
      for (const session of this.#sessions) {
        const socket = session.socket as TLSSocket;
        if (socket.getPeerX509Certificate()?.serialNumber.toLowerCase() === certificate.serial)
          return socket.getProtocol() ?? '';
        session.destroy();
      }
      return undefined;
    });
  }

  stop(): void {
    for (const session of this.#sessions) session.destroy();
    this.#server.close();
  }
}
