import { CertificateAuthority, type IssuedCertificate } from '../../src/cli/demo/pki';
import { answerTo, send } from '../support/client';
import type { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { freePort } from '../support/port';
import { type Definition, SECRET } from './support/envoy-resources';
import { envoyOver, RecordedPlane } from './support/recorded-plane';

// What the state machine promises, asked of a real Envoy in both protocols.

const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };

let ca: CertificateAuthority;
let first: IssuedCertificate;
let second: IssuedCertificate;

beforeAll(async () => {
  ca = await CertificateAuthority.createRoot({ commonName: 'test CA', ...validity });
  const issue = async () =>
    await ca.issue({ commonName: 'edge', subjectAltNames: [{ type: 'dns', value: 'edge.test' }], ...validity });
  first = await issue();
  second = await issue();
});

describe.each(['DELTA_GRPC', 'GRPC'] as const)('a real Envoy over %s', (api) => {
  let plane: RecordedPlane;
  let xdsPort: number;
  let port: number;
  let envoy: Envoy;
  const delta = api === 'DELTA_GRPC';

  const start = async () => await envoyOver(api, xdsPort);
  const answer = async () => {
    const got = await answerTo({ port, path: '/', authority: 'edge.test', tls: { ca: ca.certificatePem } });
    return { body: got.body, serial: got.serverSerial?.toLowerCase() };
  };
  const restart = async (definition: Definition) => {
    await plane.server.drain(0);
    plane = new RecordedPlane();
    plane.publish(definition);
    await plane.server.listen(`127.0.0.1:${xdsPort}`);
  };

  beforeAll(async () => {
    xdsPort = await freePort();
    port = await freePort();
    plane = new RecordedPlane();
    plane.publish({ port, certificate: first });
    await plane.server.listen(`127.0.0.1:${xdsPort}`);
    envoy = await start();
    await envoy.admin.listening(port);
    await plane.settled();
  });
  afterAll(async () => {
    await envoy.stop();
    await plane.server.drain(0);
  });
  beforeEach(() => {
    plane.take();
    plane.nacks.length = 0;
  });

  test('it accepts everything and serves', async () => {
    expect(await answer()).toEqual({ body: 'one', serial: first.serial });
    expect(plane.server.status().nodes).toMatchObject([{ id: 'edge', group: 'default', envoyVersion: '1.40.0' }]);
  });

  test('a rotation sends one Secret and nothing else', async () => {
    plane.publish({ port, certificate: second });
    await envoy.admin.serving(second.serial);
    await plane.settled();
    expect(plane.take()).toEqual(['secrets 1']);
    expect(await answer()).toMatchObject({ serial: second.serial });
  });

  test('rule 5: a mismatched Secret is refused once, and the old one goes on serving', async () => {
    plane.publish({ port, certificate: first, key: second });
    await plane.until(() => plane.nacks.length === 1);
    expect(plane.nacks).toMatchObject([
      { type: 'secrets', reason: 'secret-key-mismatch', rejected: [{ name: SECRET, origins: [{ name: 'm' }] }] },
    ]);
    await plane.settled();
    // The second one is the old Secret: Envoy serves it, but would use the refused one for the next listener.
    expect(plane.take()).toEqual(['secrets 1', 'secrets 1']);
    // Something else changes, and then the listener that uses the Secret: neither brings the bad bytes back.
    plane.publish({ port, certificate: first, key: second, body: 'two' });
    await plane.settled();
    expect(plane.take()).toEqual(['routes 1']);
    expect(await answer()).toEqual({ body: 'two', serial: second.serial });
    plane.publish({ port, certificate: first, key: second, body: 'two', statPrefix: 'other' });
    await plane.settled();
    expect(plane.take().filter((line) => !line.startsWith('secrets'))).toEqual(['listeners 1']);
    await served({ body: 'two', serial: second.serial });
    expect(plane.nacks).toHaveLength(1);
  });

  test('rule 5: a fresh Envoy under that node id gets the last accepted bytes, at once', async () => {
    await envoy.stop();
    plane.take();
    envoy = await start();
    await envoy.admin.listening(port);
    await served({ body: 'two', serial: second.serial });
    expect(plane.nacks).toHaveLength(0);
    plane.publish({ port, certificate: first, body: 'two' });
    await envoy.admin.serving(first.serial);
    await plane.settled();
  });

  test('rule 20: a changed cluster does not stay warming', async () => {
    plane.publish({ port, certificate: first, connectTimeout: 2 });
    await plane.settled();
    expect(plane.take()).toEqual(['clusters 1', 'endpoints 1', 'routes 1']);
    expect(await envoy.admin.stat('cluster_manager.warming_clusters')).toBe(0);
  });

  test('rule 21: a changed listener whose Secret did not change serves at once', async () => {
    plane.publish({ port, certificate: first, connectTimeout: 2, statPrefix: 'third' });
    await plane.settled();
    expect(plane.take()).toEqual(['listeners 1', 'secrets 1']);
    expect(await envoy.admin.stat('listener_manager.total_listeners_warming')).toBe(0);
    await served({ body: 'one', serial: first.serial });
  });

  test('rule 14: a bad cluster costs the good ones nothing, and is not sent again', async () => {
    const definition: Definition = { port, certificate: first, clusters: ['c1', 'c2', 'c3'], statPrefix: 'third' };
    plane.publish({ ...definition, badCluster: 'named' });
    await plane.until(() => plane.nacks.some((nack) => nack.rejected.length > 0));
    await plane.settled();
    expect(plane.nacks).toMatchObject([{ type: 'clusters', rejected: [{ name: 'bad' }] }]);
    const known = async () => (await envoy.admin.text('/clusters')).match(/^c\d(?=::observability_name)/gm) ?? [];
    expect((await known()).sort()).toEqual(['c1', 'c2', 'c3']);

    // Again, but Envoy does not say which one it is.
    plane.publish({ ...definition, connectTimeout: 3, badCluster: 'unnamed' });
    await plane.until(() => plane.nacks.filter((nack) => nack.rejected.length > 0).length === 2);
    await plane.settled();
    expect(plane.nacks.at(-1)).toMatchObject({ reason: 'constraint-violation', rejected: [{ name: 'bad' }] });
    const timeouts = async () =>
      (await envoy.admin.text('/config_dump?resource=dynamic_active_clusters')).match(/"connect_timeout": "3s"/g);
    expect(await timeouts()).toHaveLength(3);
    expect((await known()).sort()).toEqual(['c1', 'c2', 'c3']);

    // A restarted control plane knows nothing of the refusal, but Envoy must tell it of every cluster that it has.
    await restart({ ...definition, clusters: ['c1', 'c2'] });
    await plane.until(() => plane.sent.length > 0);
    await plane.settled();
    expect((await known()).sort()).toEqual(['c1', 'c2']);
  });

  test('rule 19: a cluster that goes leaves after the routes were told', async () => {
    plane.publish({ port, certificate: first, clusters: ['c1'], statPrefix: 'third', body: 'three' });
    await plane.settled();
    expect(plane.take()).toEqual(delta ? ['routes 1', 'clusters 0 -1'] : ['routes 1', 'clusters 1']);
    expect(await answer()).toEqual({ body: 'three', serial: first.serial });
  });

  test('rule 19: also when it reconnects, and the cluster went while nobody was there', async () => {
    await restart({ port, certificate: first, clusters: ['c1', 'c2'], statPrefix: 'third', body: 'three' });
    await plane.settled();
    await restart({ port, certificate: first, clusters: ['c1'], statPrefix: 'third', body: 'four' });
    await plane.until(() => plane.sent.some((line) => line.startsWith('clusters')));
    await plane.settled();
    // In SotW a fresh control plane can not know which clusters Envoy has, and the first response says which it may keep.
    if (delta) expect(plane.take()).toEqual(['routes 1', 'clusters 0 -1']);
    expect(await answer()).toEqual({ body: 'four', serial: first.serial });
    plane.publish({ port, certificate: first, clusters: ['c1'], statPrefix: 'third', body: 'three' });
    await plane.settled();
  });

  test('after a restart with the same input, nothing is sent that Envoy need not have', async () => {
    await restart({ port, certificate: first, clusters: ['c1'], statPrefix: 'third', body: 'three' });
    await plane.settled();
    expect(plane.take().sort()).toEqual(delta ? [] : ['endpoints 1', 'routes 1', 'secrets 1']);
    expect(await answer()).toEqual({ body: 'three', serial: first.serial });
    plane.publish({ port, certificate: second, clusters: ['c1'], statPrefix: 'third', body: 'three' });
    await envoy.admin.serving(second.serial);
    await plane.settled();
    expect(plane.take()).toEqual(['secrets 1']);
  });

  test('rule 23: what withdraws a Secret is that its listener goes; Envoy is told nothing of the Secret', async () => {
    plane.publish({ port, certificate: second, clusters: ['c1'], statPrefix: 'third', body: 'three', listener: false });
    await plane.until(() => plane.sent.some((line) => line.startsWith('listeners')));
    await plane.settled();
    expect(plane.take()).toEqual(delta ? ['listeners 0 -1'] : ['listeners 0']);
    await eventually('nobody listens', async () =>
      'error' in (await send({ port, authority: 'edge.test', tls: { ca: ca.certificatePem } })) ? true : undefined,
    );
    plane.publish({ port, certificate: second, clusters: ['c1'], statPrefix: 'third', body: 'three' });
    await envoy.admin.listening(port);
    await served({ body: 'three', serial: second.serial });
  });

  /** Waits until new connections get this: a listener that was just accepted may take a moment to take over. */
  async function served(expected: { body: string; serial: string }): Promise<void> {
    await envoy.admin.listening(port);
    expect(await answer()).toEqual(expected);
  }
});
