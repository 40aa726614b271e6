import { createServer } from 'node:net';
import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import { answerTo, send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { ControlPlane } from '../support/control-plane';
import { keyPair } from '../support/definitions';
import { DnsServer } from '../support/dns-server';
import { Envoy } from '../support/envoy';
import { issueLeaf, rootCa } from '../support/issuance';
import { type Sighting, Upstream } from '../support/upstream';

/** Ambassador's documentation on mutual TLS to an upstream, to the letter: no Listener, no Host, and no port anywhere. */
const EXAMPLE = `
apiVersion: getambassador.io/v3alpha1
kind: TLSContext
metadata: {name: upstream-context}
spec: {hosts: [], secret: upstream-certs}
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: upstream-mapping}
spec: {hostname: "*", prefix: /upstream/, service: upstream-service, tls: upstream-context}
`;

/** Where Ambassador's chart listens, and where TLS goes by default. */
const PORTS = { http: 8080, https: 8443, upstream: 443 } as const;

const closing = new Closing();
afterEach(() => closing.close());

test.each(['ec', 'rsa'] as const)('the documented example does mutual TLS as written (%s)', async (key) => {
  const taken = await whatIsTaken();
  if (taken.length > 0) {
    process.stderr.write(`SKIPPED: the documented example needs ${taken.join(', ')}, which cannot be bound here\n`);
    return;
  }
  const ca = await rootCa();
  const server = await issueLeaf(ca, { name: 'upstream-service' });
  const client = await issueLeaf(ca, { name: 'ambassador', key });
  const upstream = closing.keep(
    await Upstream.start({
      port: PORTS.upstream,
      tls: { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem },
    }),
  );
  const config = closing.keep(
    await ConfigDirectory.create({
      'secret.yaml': [keyPair('upstream-certs', client)],
    }),
  );
  await config.writeText('example.yaml', EXAMPLE);
  const plane = closing.keep(await ControlPlane.start(config.path));
  const dns = closing.keep(await DnsServer.start({ 'upstream-service': '127.0.0.1' }));
  const bootstrap = bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port: plane.xdsPort } });
  const envoy = closing.keep(await Envoy.start({ ...bootstrap, ...dns.bootstrap }));
  await envoy.admin.listening(PORTS.http);

  const answer = await answerTo({ port: PORTS.http, path: '/upstream/hello' });
  expect(answer.status).toBe(200);
  const seen = JSON.parse(answer.body) as Sighting;
  expect(seen).toMatchObject({ path: '/hello', tls: { client: { commonName: 'ambassador' } } });
  expect(seen.tls?.client?.serialNumber.toLowerCase()).toBe(client.serial);

  // Nothing else is there, and 8443 has no Host that could terminate TLS.
  expect(await answerTo({ port: PORTS.http, path: '/elsewhere' })).toMatchObject({ status: 404 });
  expect(await send({ port: PORTS.https, path: '/upstream/', tls: { ca: ca.certificatePem } })).toHaveProperty('error');
  expect(upstream.requests).toHaveLength(1);
  expect(plane.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['CS4001', 'warning']]);
});

async function whatIsTaken(): Promise<readonly number[]> {
  const taken: number[] = [];
  for (const port of Object.values(PORTS)) if (!(await canBind(port))) taken.push(port);
  return taken;
}

async function canBind(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}
