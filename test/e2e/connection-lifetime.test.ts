import { once } from 'node:events';
import { connect } from 'node:tls';
import { answerTo, send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { ambassadorModule, host, keyPair, listener, mapping, secret } from '../support/definitions';
import { eventually } from '../support/eventually';
import { issueLeaf, NOW, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { revocationList } from '../support/revocation';
import { Upstream } from '../support/upstream';

const closing = new Closing();
afterAll(() => closing.close());

test('a connection whose certificate is revoked lives on, until its lifetime is over', async () => {
  const ca = await rootCa();
  const [server, client] = [await issueLeaf(ca, { name: 'edge.test' }), await issueLeaf(ca, { name: 'client' })];
  const upstream = closing.keep(await Upstream.start());
  const port = await freePort();
  const list = async (...serials: string[]) => [secret('crl', { 'crl.pem': await revocationList(ca, serials, NOW) })];
  const config = closing.keep(
    await ConfigDirectory.create({
      'crl.yaml': await list(),
      'all.yaml': [
        ambassadorModule({ listener_max_connection_lifetime_ms: 5_000 }),
        listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
        secret('ca', { 'ca.crt': ca.certificatePem }),
        keyPair('server', server),
        host('edge', {
          hostname: 'edge.test',
          tlsSecret: { name: 'server' },
          tls: { ca_secret: 'ca', cert_required: true, crl_secret: 'crl' },
        }),
        mapping('all', { prefix: '/', service: `127.0.0.1:${upstream.port}` }),
      ],
    }),
  );
  const plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);

  const tls = { ca: ca.certificatePem, cert: client.chainPem, key: client.privateKeyPem, serverName: 'edge.test' };
  const anew = { port, authority: 'edge.test', tls };
  expect(await answerTo(anew)).toMatchObject({ status: 200 });

  // One connection, kept open.
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca: tls.ca,
    cert: tls.cert,
    key: tls.key,
    servername: 'edge.test',
  });
  closing.keep({ stop: async () => void socket.destroy() });
  const closed = once(socket, 'close');
  await once(socket, 'secureConnect');
  const ask = async () => {
    socket.write('GET / HTTP/1.1\r\nhost: edge.test\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().split('\r\n')[0];
  };
  expect(await ask()).toBe('HTTP/1.1 200 OK');
  await config.write('crl.yaml', await list(client.serial));
  await eventually('new connections are refused', async () => ('error' in (await send(anew)) ? true : undefined));
  expect(await ask()).toBe('HTTP/1.1 200 OK');
  socket.resume();
  await closed;
  expect(await send(anew)).toHaveProperty('error');
}, 60_000);
