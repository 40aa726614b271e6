import { connect as connectTls } from 'node:tls';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { send } from '../support/client';
import { host, listener, mapping, tcpMapping, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { Upstream } from '../support/upstream';
import { ConsulAgent } from './support/consul-agent';

/** Handshakes that a rotation of the root has to be survived by. */
const HANDSHAKES = 1_000;

const closing = new Closing();
afterEach(() => closing.close());

/** A mesh with the service `web` behind the Envoy that Consul configures, and an edge Envoy of ours. */
class Mesh {
  readonly consul: ConsulAgent;
  readonly config: ConfigDirectory;
  readonly edge: Envoy;
  /** HTTP goes to `web` at `/`, to what only claims to be `other` at `/other/`. */
  readonly port: number;
  /** Each connection to it is one to `web`. */
  readonly tcpPort: number;
  readonly sidecarPort: number;
  plane: ServeProcess;
  readonly #register: () => Promise<void>;

  private constructor(
    parts: Pick<Mesh, 'consul' | 'config' | 'edge' | 'port' | 'tcpPort' | 'sidecarPort' | 'plane'>,
    register: () => Promise<void>,
  ) {
    this.consul = parts.consul;
    this.config = parts.config;
    this.edge = parts.edge;
    this.port = parts.port;
    this.tcpPort = parts.tcpPort;
    this.sidecarPort = parts.sidecarPort;
    this.plane = parts.plane;
    this.#register = register;
  }

  static async start(): Promise<Mesh> {
    const consul = closing.keep(await ConsulAgent.start());
    const upstream = closing.keep(await Upstream.start());
    const [port, tcpPort, sidecarPort] = [await freePort(), await freePort(), await freePort()];
    const register = async () => {
      await consul.ask('PUT', '/config', { Kind: 'service-defaults', Name: 'web', Protocol: 'http' });
      await consul.register('web', upstream.port, sidecarPort);
      // A proxy that says that it is one of `other`, and has the certificate of `web`.
      await consul.ask('PUT', '/agent/service/register', {
        Kind: 'connect-proxy',
        Name: 'other-sidecar-proxy',
        Address: '127.0.0.1',
        Port: sidecarPort,
        Proxy: { DestinationServiceName: 'other' },
      });
    };
    await register();
    const sidecar = closing.keep(await consul.sidecar('web'));
    await sidecar.admin.listening(sidecarPort);
    const config = closing.keep(
      await ConfigDirectory.create({
        'definitions.yaml': [
          listener(port, { protocol: 'HTTP', securityModel: 'INSECURE' }),
          host('all', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } }),
          {
            apiVersion: 'getambassador.io/v3alpha1',
            kind: 'ConsulResolver',
            metadata: { name: 'dc1' },
            spec: { address: consul.address, datacenter: 'dc1' },
          },
          tlsContext('mesh', { consul: { resolver: 'dc1', service: 'edge' } }),
          mapping('web', {
            prefix: '/',
            service: 'web-sidecar-proxy',
            resolver: 'dc1',
            tls: 'mesh',
            stats_name: 'web',
          }),
          mapping('other', { prefix: '/other/', service: 'other', resolver: 'dc1', tls: 'mesh', stats_name: 'other' }),
          tcpMapping('raw', { port: tcpPort, service: 'https://web', resolver: 'dc1', tls: 'mesh', stats_name: 'raw' }),
        ],
      }),
    );
    const plane = closing.keep(await ServeProcess.start(config.path, { args: ['--strict'] }));
    const edge = closing.keep(await connectedEnvoy(plane.xdsPort));
    await edge.admin.listening(tcpPort);
    const mesh = new Mesh({ consul, config, edge, port, tcpPort, sidecarPort, plane }, register);
    await mesh.answers(200);
    return mesh;
  }

  async get(path = '/'): Promise<{ readonly status?: number; readonly body: string }> {
    const outcome = await send({ port: this.port, path });
    return 'status' in outcome ? outcome : { body: outcome.error };
  }

  /** Waits until a request is answered so. */
  async answers(status: number, path = '/'): Promise<string> {
    return await eventually(
      `${path} is answered with ${status}`,
      async () => {
        const answer = await this.get(path);
        return answer.status === status ? answer.body : undefined;
      },
      60_000,
    );
  }

  async stat(name: string): Promise<number> {
    return (await this.edge.admin.stat(name)) ?? 0;
  }

  /** Kills Consul, and starts another one of nothing in its place, with the same services. */
  async newConsul(): Promise<void> {
    await this.consul.kill();
    await this.consul.resume();
    await this.#register();
  }

  /** Serials of the certificate that Envoy presents. */
  async presented(): Promise<readonly string[]> {
    const used = await this.edge.admin.certificates();
    return used.flatMap(({ cert_chain }) => cert_chain ?? []).map(({ serial_number }) => serial_number ?? '');
  }
}

test('the upstream sees who we are; another service’s identity, no certificate and a denied intention are refused', async () => {
  const mesh = await Mesh.start();
  const trustDomain = await mesh.consul.trustDomain();
  const { headers } = JSON.parse((await mesh.get()).body) as { readonly headers: Readonly<Record<string, string>> };
  expect(headers['x-forwarded-client-cert']).toContain(`URI=spiffe://${trustDomain}/ns/default/dc/dc1/svc/edge`);

  expect((await mesh.get('/other/')).status).toBe(503);
  expect(await mesh.stat('cluster.other.ssl.fail_verify_san')).toBeGreaterThan(0);

  expect(await withoutCertificate(mesh.sidecarPort)).toMatch(
    /CERTIFICATE_REQUIRED|certificate required|ECONNRESET|closed/i,
  );

  await mesh.consul.ask('PUT', '/connect/intentions/exact?source=edge&destination=web', { Action: 'deny' });
  await mesh.answers(403);
  await mesh.consul.ask('DELETE', '/connect/intentions/exact?source=edge&destination=web');
  await mesh.answers(200);
});

test(`a rotation of the root loses none of ${HANDSHAKES} handshakes`, async () => {
  const mesh = await Mesh.start();
  const before = await mesh.presented();
  const load = Load.start({ port: mesh.tcpPort }, 2);
  await load.outcomes(HANDSHAKES / 4);
  await mesh.consul.rotateRoot(384);
  await load.outcomes(HANDSHAKES / 4);
  await eventually(
    'Envoy presents a certificate of the new root',
    async () => ((await mesh.presented()).every((serial) => !before.includes(serial)) ? true : undefined),
    90_000,
  );
  await load.outcomes(HANDSHAKES / 2);
  const { ok, failed, failures } = await load.stop();
  expect(failures).toEqual({});
  expect(failed).toBe(0);
  expect(await mesh.stat('cluster.raw.ssl.session_reused')).toBe(0);
  expect(await mesh.stat('cluster.raw.ssl.handshake')).toBeGreaterThanOrEqual(HANDSHAKES);
  console.log(`rotation of Consul’s root: ${ok} requests, each with a full handshake, ${failed} failed`);
});

test('an agent that is killed and comes back with another trust domain is followed', async () => {
  const mesh = await Mesh.start();
  const before = await mesh.consul.trustDomain();
  await mesh.consul.kill();
  await mesh.plane.admin.finding('CS7020');
  expect((await mesh.get()).status).toBe(200);
  await mesh.newConsul();
  expect(await mesh.consul.trustDomain()).not.toBe(before);
  const body = await eventually(
    'the upstream sees the new trust domain',
    async () => {
      const answer = await mesh.get();
      return answer.status === 200 && !answer.body.includes(before) ? answer.body : undefined;
    },
    90_000,
  );
  expect(body).toContain(`URI=spiffe://${await mesh.consul.trustDomain()}/ns/default/dc/dc1/svc/edge`);
  await mesh.plane.admin.finding('CS7020', false);
});

test('a control plane that is away for a rotation loses nothing, and catches up', async () => {
  const mesh = await Mesh.start();
  const { xdsPort } = mesh.plane;
  const before = await mesh.presented();
  const load = Load.start({ port: mesh.tcpPort }, 2);
  await mesh.plane.kill();
  await mesh.consul.rotateRoot(384);
  await load.outcomes(HANDSHAKES / 2);
  mesh.plane = closing.keep(await ServeProcess.start(mesh.config.path, { xdsPort, args: ['--strict'] }));
  await eventually(
    'Envoy presents a certificate of the new root',
    async () => ((await mesh.presented()).every((serial) => !before.includes(serial)) ? true : undefined),
    90_000,
  );
  await load.outcomes(HANDSHAKES / 4);
  const { ok, failed, failures } = await load.stop();
  expect(failures).toEqual({});
  console.log(`control plane away for a rotation: ${ok} requests, ${failed} failed`);
});

/** How a handshake without a certificate ends. */
async function withoutCertificate(port: number): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('secureConnect', () => socket.write('GET / HTTP/1.1\r\nhost: web\r\n\r\n'));
    socket.on('data', (data) => resolve(`answered: ${data.toString()}`));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('close', () => resolve('closed'));
  });
}
