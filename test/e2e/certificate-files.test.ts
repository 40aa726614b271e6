import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateAuthority, IssuedCertificate } from '../../src/cli/demo/pki';
import { type ClientRequest, answerTo, send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, listener, mapping, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { issueLeaf, NOW, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { revocationList } from '../support/revocation';
import { type Sighting, Upstream } from '../support/upstream';

// Certificates in files on Envoy's machine: Countersign hands out their paths, Envoy reads them, and reads them again when they are
// replaced, as editors do (by renaming) and as Kubernetes does with mounted Secrets (by renaming a link to a folder).

const closing = new Closing();
let port: number;
let ca: CertificateAuthority;
let other: CertificateAuthority;
let clients: Record<'good' | 'other', IssuedCertificate>;
let folder: string;
let envoy: Envoy;
let plane: ControlPlane;
let guarded: Upstream;

beforeAll(async () => {
  ca = await rootCa();
  other = await rootCa('another CA');
  clients = {
    good: await issueLeaf(ca, { name: 'good' }),
    other: await issueLeaf(other, { name: 'other' }),
  };
  folder = await mkdtemp(join(tmpdir(), 'countersign-files-'));
  closing.keep({ stop: () => rm(folder, { recursive: true }) });
  await replace(await issueLeaf(ca, { name: 'server.test' }));
  await mount(await issueLeaf(ca, { name: 'edge-1' }), 'one');
  await put('ca.crt', ca.certificatePem);
  await put('crl.pem', await revocationList(ca, [], NOW));
  const server = await issueLeaf(ca, { name: 'upstream.test' });
  const tls = { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem };
  guarded = closing.keep(await Upstream.start({ tls, keepAlive: false }));
  port = await freePort();
  const pair = { cert_chain_file: join(folder, 'server.crt'), private_key_file: join(folder, 'server.key') };
  const mounted = join(folder, 'mounted');
  const config = closing.keep(
    await ConfigDirectory.create({
      'all.yaml': [
        listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
        host('public', { hostname: 'public.test', tls: pair }),
        tlsContext('termination', { ...pair, cacert_chain_file: join(folder, 'ca.crt'), cert_required: true }),
        host('guarded', { hostname: 'guarded.test', tlsContext: { name: 'termination' } }),
        host('listed', {
          hostname: 'listed.test',
          tls: {
            ...pair,
            cacert_chain_file: join(folder, 'ca.crt'),
            crl_file: join(folder, 'crl.pem'),
            cert_required: true,
          },
        }),
        tlsContext('upstream', {
          cert_chain_file: join(mounted, 'tls.crt'),
          private_key_file: join(mounted, 'tls.key'),
          cacert_chain_file: join(folder, 'ca.crt'),
        }),
        host('absent', {
          hostname: 'absent.test',
          tls: { cert_chain_file: join(folder, 'absent.crt'), private_key_file: join(folder, 'absent.key') },
        }),
        mapping('all', { prefix: '/', service: `127.0.0.1:${guarded.port}`, tls: 'upstream' }),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
});
afterAll(() => closing.close());

async function put(name: string, text: string): Promise<void> {
  await writeFile(join(folder, `${name}.new`), text, { mode: 0o600 });
  await rename(join(folder, `${name}.new`), join(folder, name));
}

/** Key first: Envoy waits until both fit. */
async function replace(certificate: IssuedCertificate): Promise<void> {
  await put('server.key', certificate.privateKeyPem);
  await put('server.crt', certificate.chainPem);
}

/** As the kubelet does: the files are links through `..data`, which is renamed from one folder to the next. */
async function mount(certificate: IssuedCertificate, version: string): Promise<void> {
  const mounted = join(folder, 'mounted');
  await mkdir(join(mounted, version), { recursive: true });
  await writeFile(join(mounted, version, 'tls.crt'), certificate.chainPem);
  await writeFile(join(mounted, version, 'tls.key'), certificate.privateKeyPem, { mode: 0o600 });
  await symlink(version, join(mounted, '..data_tmp'));
  await rename(join(mounted, '..data_tmp'), join(mounted, '..data'));
  for (const name of ['tls.crt', 'tls.key'])
    await symlink(join('..data', name), join(mounted, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
}

function request(name: string, client?: 'good' | 'other'): ClientRequest {
  const certificate = client === undefined ? undefined : clients[client];
  return {
    port,
    authority: `${name}.test`,
    tls: {
      ca: ca.certificatePem,
      serverName: `${name}.test`,
      anyName: true,
      ...(certificate !== undefined && { cert: certificate.chainPem, key: certificate.privateKeyPem }),
    },
  };
}

test('they serve clients, and are presented to upstreams', async () => {
  expect(plane.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const answer = await answerTo(request('public'));
  expect(answer).toMatchObject({ status: 200 });
  expect((JSON.parse(answer.body) as Sighting).tls?.client?.commonName).toBe('edge-1');
});

test('a CA in a file verifies clients', async () => {
  for (const name of ['guarded', 'listed']) {
    expect(await answerTo(request(name, 'good'))).toMatchObject({ status: 200 });
    expect(await send(request(name, 'other'))).toHaveProperty('error');
    expect(await send(request(name))).toHaveProperty('error');
  }
});

test('a certificate that is renamed into place is served at once', async () => {
  const renewed = await issueLeaf(ca, { name: 'server.test' });
  await replace(renewed);
  await envoy.admin.serving(renewed.serial);
  expect((await answerTo(request('public'))).serverSerial?.toLowerCase()).toBe(renewed.serial);
});

test('so is one of a mounted Secret', async () => {
  const renewed = await issueLeaf(ca, { name: 'edge-2' });
  await mount(renewed, 'two');
  await envoy.admin.serving(renewed.serial);
  const { body } = await answerTo(request('public'));
  expect((JSON.parse(body) as Sighting).tls?.client?.commonName).toBe('edge-2');
});

test('a list that is renamed into place counts', async () => {
  await put('crl.pem', await revocationList(ca, [clients.good.serial], NOW));
  await eventually('the client is refused', async () => {
    const outcome = await send(request('listed', 'good'));
    return 'error' in outcome ? outcome : undefined;
  });
  expect(await answerTo(request('guarded', 'good'))).toMatchObject({ status: 200 });
});

test('so does a CA', async () => {
  await put('ca.crt', ca.certificatePem + other.certificatePem);
  await eventually('the client of the new CA is let in', async () => {
    const outcome = await send(request('guarded', 'other'));
    return 'status' in outcome && outcome.status === 200 ? outcome : undefined;
  });
});

test('files that are not there close their Host, and no other', async () => {
  expect(await send(request('absent'))).toHaveProperty('error');
  expect(await answerTo(request('public'))).toMatchObject({ status: 200 });
  expect(await answerTo({ ...request('public'), authority: 'absent.test' })).toMatchObject({ status: 421 });
});

test('and serve it once they are', async () => {
  const late = await issueLeaf(ca, { name: 'absent.test' });
  await put('absent.key', late.privateKeyPem);
  await put('absent.crt', late.chainPem);
  await envoy.admin.serving(late.serial);
  expect(await answerTo(request('absent'))).toMatchObject({ status: 200 });
});
