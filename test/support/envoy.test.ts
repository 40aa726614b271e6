import { CertificateAuthority, type IssuedCertificate } from '../../src/cli/demo/pki';
import { answerTo, type ClientRequest, send } from './client';
import { Envoy, validate } from './envoy';
import { Load } from './load';
import { freePort } from './port';
import { type Sighting, Upstream } from './upstream';

// An Envoy with a static configuration between our client and our upstream, both hops with mutual TLS: what the harness says of
// it must be so before it may speak of Countersign.
const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
const dns = (value: string) => ({ type: 'dns', value }) as const;

let ca: CertificateAuthority;
let edge: IssuedCertificate;
let client: IssuedCertificate;
let stranger: IssuedCertificate;
let server: IssuedCertificate;
let upstream: Upstream;
let envoy: Envoy;
let port: number;

beforeAll(async () => {
  ca = await CertificateAuthority.createRoot({ commonName: 'test CA', ...validity });
  const other = await CertificateAuthority.createRoot({ commonName: 'another CA', ...validity });
  edge = await ca.issue({ commonName: 'edge', subjectAltNames: [dns('edge.test')], ...validity });
  client = await ca.issue({ commonName: 'client', subjectAltNames: [dns('client.test')], ...validity });
  server = await ca.issue({ commonName: 'server', subjectAltNames: [dns('server.test')], ...validity });
  stranger = await other.issue({ commonName: 'stranger', subjectAltNames: [dns('client.test')], ...validity });
  const tls = { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem };
  upstream = await Upstream.start({ tls });
  port = await freePort();
  envoy = await Envoy.start(proxy(port, upstream.port));
  await envoy.admin.listening(port);
});
afterAll(async () => {
  await envoy.stop();
  await upstream.stop();
});

const request = (certificate?: IssuedCertificate): ClientRequest => ({
  port,
  path: '/hello?x=1',
  authority: 'edge.test',
  tls: {
    ca: ca.certificatePem,
    ...(certificate === undefined ? {} : { cert: certificate.chainPem, key: certificate.privateKeyPem }),
  },
});

describe('the harness around a real Envoy', () => {
  test('a request goes through both hops, and each side tells whom it saw', async () => {
    const answer = await answerTo({ ...request(client), method: 'POST', body: 'ping' });
    expect(answer).toMatchObject({ status: 200, tlsVersion: 'TLSv1.3' });
    expect(answer.serverSerial?.toLowerCase()).toBe(edge.serial);
    const seen = JSON.parse(answer.body) as Sighting;
    expect(seen).toMatchObject({ method: 'POST', path: '/hello?x=1', body: 'ping', headers: { host: 'edge.test' } });
    expect(seen.tls).toMatchObject({
      serverName: 'server.test',
      client: { commonName: 'edge', subjectAltName: 'DNS:edge.test' },
    });
    expect(seen.tls?.client?.serialNumber.toLowerCase()).toBe(edge.serial);
    expect(upstream.requests.at(-1)).toEqual(seen);
  });

  test('no certificate, and one from another CA, end in an error and not in an answer', async () => {
    const before = upstream.requests.length;
    expect(await send(request())).toHaveProperty('error', expect.stringMatching(/CERTIFICATE_REQUIRED|ECONNRESET/));
    expect(await send(request(stranger))).toHaveProperty('error', expect.stringMatching(/UNKNOWN_CA|ECONNRESET/));
    expect(upstream.requests).toHaveLength(before);
  });

  test('a server that the client can not verify is an error', async () => {
    const { tls, ...rest } = request(client);
    const elsewhere = { ...rest, authority: 'elsewhere.test', ...(tls === undefined ? {} : { tls }) };
    expect(await send(elsewhere)).toEqual({ error: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  test('a port where nobody listens is an error', async () => {
    expect(await send({ port: await freePort() })).toEqual({ error: 'ECONNREFUSED' });
  });

  test('the admin interface tells certificates, statistics and configuration', async () => {
    await envoy.admin.serving(edge.serial);
    const chains = (await envoy.admin.certificates()).flatMap((entry) => entry.cert_chain);
    expect(chains.map((certificate) => certificate.serial_number)).toContain(edge.serial);
    expect(await envoy.admin.stat('cluster.upstream.membership_total')).toBe(1);
    expect(await envoy.admin.stat('cluster.upstream.no_such_stat')).toBeUndefined();
    expect(await envoy.admin.json('/config_dump')).toHaveProperty('configs');
    await expect(envoy.admin.text('/no-such-path')).rejects.toThrow('404');
    await expect(envoy.admin.listening(1, 50)).rejects.toThrow('Envoy listens on 1');
    expect(envoy.log).toContain('starting main dispatch loop');
  });

  test('a load counts what succeeds and what fails, each over its own connection', async () => {
    const connections = async () => (await envoy.admin.stat(`listener.127.0.0.1_${port}.downstream_cx_total`)) ?? 0;
    const before = await connections();
    const load = Load.start(request(client), 2);
    await load.outcomes(20);
    const report = await load.stop();
    expect(report).toMatchObject({ failed: 0, failures: {} });
    expect(report.ok).toBeGreaterThanOrEqual(20);
    expect((await connections()) - before).toBe(report.ok);

    const refused = Load.start(request(), 2);
    await refused.outcomes(4);
    const { ok, failed, failures } = await refused.stop();
    expect(ok).toBe(0);
    expect(Object.values(failures).reduce((sum, count) => sum + count, 0)).toBe(failed);
  });

  test('an upstream can change its certificate while it runs', async () => {
    const next = await ca.issue({ commonName: 'server', subjectAltNames: [dns('moved.test')], ...validity });
    upstream.useTls({ cert: next.chainPem, key: next.privateKeyPem, clientCa: ca.certificatePem });
    const direct = { ...request(client), port: upstream.port };
    expect(await send({ ...direct, authority: 'server.test' })).toEqual({ error: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(await answerTo({ ...direct, authority: 'moved.test' })).toMatchObject({ status: 200 });
    upstream.useTls({ cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem });
  });

  test('an Envoy that can not start says why', async () => {
    await expect(Envoy.start({ static_resources: { listeners: [{ nom: 'x' }] } })).rejects.toThrow(/nom/);
  });

  test('validate tells a good bootstrap from a bad one', async () => {
    expect(await validate(proxy(port, upstream.port))).toMatchObject({ ok: true });
    const { ok, output } = await validate({ static_resources: { clusters: [{ name: 'x', type: 'NONSENSE' }] } });
    expect(ok).toBe(false);
    expect(output).toContain('NONSENSE');
  });

  test('stop ends it, and may be called again', async () => {
    const short = await Envoy.start({});
    await expect(short.admin.text('/ready')).resolves.toContain('LIVE');
    await short.stop();
    await short.stop();
    await expect(short.admin.text('/ready')).rejects.toThrow('fetch failed');
    expect(() => process.kill(short.pid ?? 0, 0)).toThrow('ESRCH');
  });
});

function proxy(listen: number, to: number): object {
  const tlsType = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3';
  const common = {
    tls_certificates: [
      { certificate_chain: { inline_string: edge.chainPem }, private_key: { inline_string: edge.privateKeyPem } },
    ],
    validation_context: { trusted_ca: { inline_string: ca.certificatePem } },
  };
  const socket = (kind: string, config: object) => ({
    name: 'envoy.transport_sockets.tls',
    typed_config: { '@type': `${tlsType}.${kind}`, common_tls_context: common, ...config },
  });
  const address = (at: number) => ({ socket_address: { address: '127.0.0.1', port_value: at } });
  const manager = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'in',
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
      },
    ],
    route_config: {
      virtual_hosts: [
        { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'upstream' } }] },
      ],
    },
  };
  return {
    static_resources: {
      listeners: [
        {
          address: address(listen),
          filter_chains: [
            {
              transport_socket: socket('DownstreamTlsContext', { require_client_certificate: true }),
              filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }],
            },
          ],
        },
      ],
      clusters: [
        {
          name: 'upstream',
          type: 'STATIC',
          transport_socket: socket('UpstreamTlsContext', { sni: 'server.test' }),
          load_assignment: {
            cluster_name: 'upstream',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(to) } }] }],
          },
        },
      ],
    },
  };
}
