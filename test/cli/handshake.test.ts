import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type SecureVersion, type Server } from 'node:tls';
import { readKeyPair } from '../../src/certificates';
import { HandshakeReader } from '../../src/cli/rehearse/handshake-reader';
import { shakeHands } from '../../src/cli/rehearse/handshake';
import { secureContext } from '../../src/cli/rehearse/secure-context';
import type { Offer } from '../../src/rehearsal';
import { AT, authority, secretOf, VALIDITY } from '../support/pki';

const OFFER: Offer = {
  minVersion: 'v1.2',
  maxVersion: 'v1.3',
  cipherSuites: ['ECDHE-ECDSA-AES128-GCM-SHA256'],
  curves: ['X25519', 'P-256'],
  alpnProtocols: [],
};

let server: Server;
afterEach(async () => {
  const closed = once(server, 'close');
  server.close();
  await closed;
});

test.each<SecureVersion>(['TLSv1.2', 'TLSv1.3'])(
  '%s: where we refuse the upstream, it does not get to see our certificate',
  async (version) => {
    const ca = await authority();
    const leaf = await ca.issue({ commonName: 'a', ...VALIDITY });
    const { value: keyPair } = readKeyPair(secretOf({ 'tls.crt': leaf.chainPem, 'tls.key': leaf.privateKeyPem }), AT);
    server = createServer({
      cert: leaf.chainPem,
      key: leaf.privateKeyPem,
      requestCert: true,
      rejectUnauthorized: false,
      maxVersion: version,
    });
    let done = 0;
    server.on('secureConnection', () => (done += 1));
    const broken = once(server, 'tlsClientError');
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const attempt = (judge: () => { reason: string; fix: string } | undefined) =>
      shakeHands({
        address: '127.0.0.1',
        port: (server.address() as AddressInfo).port,
        offer: OFFER,
        context: secureContext(OFFER, keyPair),
        judge,
        timeoutMs: 5000,
      });
    const seen = await attempt(() => ({ reason: 'not wanted', fix: 'none' }));
    expect(seen).toMatchObject({ end: 'refused by us', refusal: { reason: 'not wanted' }, protocol: version });
    await broken;
    expect(done).toBe(0);
    expect(await attempt(() => undefined)).toMatchObject({ end: 'content', protocol: version, stage: 'done' });
    expect(done).toBe(1);
  },
);

test('what is in the clear is read however it is cut into pieces', async () => {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const message = (type: number, length: number) => Buffer.from([type, 0, 0, length, ...Array<number>(length).fill(1)]);
  const record = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type, 3, 3, 0, body.length]), body]);
  const flight = Buffer.concat([message(2, 40), message(11, 9), message(13, 5), message(14, 0)]);
  const bytes = Buffer.concat([
    record(22, flight.subarray(0, 20)),
    record(22, flight.subarray(20)),
    record(21, Buffer.from([2, 48])),
  ]);
  for (const size of [1, 7, bytes.length]) {
    const reader = new HandshakeReader();
    for (let at = 0; at < bytes.length; at += size) reader.read(bytes.subarray(at, at + size));
    expect(reader).toMatchObject({ certificateRequested: true, alert: 'unknown_ca' });
  }
});
