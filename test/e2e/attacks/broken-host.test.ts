import type { CertificateAuthority } from '../../../src/cli/demo/pki';
import { type ClientRequest, answerTo, send } from '../../support/client';
import { Closing } from '../../support/closing';
import { ConfigDirectory } from '../../support/config-directory';
import { connectedEnvoy } from '../../support/connected-envoy';
import { ControlPlane } from '../../support/control-plane';
import { host, keyPair, listener, mapping } from '../../support/definitions';
import { issueLeaf, rootCa } from '../../support/issuance';
import { freePort } from '../../support/port';
import { Upstream } from '../../support/upstream';

// A Host that is out of service must not be answered for by a laxer one: not by a wildcard, and not by the `*` that is there
// when nobody defines a Host.

const closing = new Closing();
const ROUTE = { requestPolicy: { insecure: { action: 'Route' } } };

let ca: CertificateAuthority;
let upstream: Upstream;
beforeAll(async () => {
  ca = await rootCa();
  upstream = closing.keep(await Upstream.start());
});
afterAll(() => closing.close());

async function edge(definitions: readonly object[], forceSecretValidation: boolean) {
  const ports = { http: await freePort(), https: await freePort() };
  const config = closing.keep(
    await ConfigDirectory.create({
      'all.yaml': [
        listener(ports.http),
        listener(ports.https, { protocol: 'HTTPS' }),
        mapping('all', { prefix: '/', service: `http://127.0.0.1:${upstream.port}` }),
        ...definitions,
      ],
    }),
  );
  const plane = closing.keep(await ControlPlane.start(config.path, { forceSecretValidation }));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  return { ports, plane, envoy };
}

async function withheld<T>(run: () => Promise<T>): Promise<T> {
  const before = upstream.requests.length;
  const result = await run();
  expect(upstream.requests).toHaveLength(before);
  return result;
}

describe.each(['*', '*.example.test'])('a broken Host beside the wildcard %s', (wildcard) => {
  describe.each([false, true])('with forced secret validation: %s', (forced) => {
    let ports: { readonly http: number; readonly https: number };
    let plane: ControlPlane;
    const secure = (name: string, authority = name): ClientRequest => ({
      port: ports.https,
      authority,
      tls: { ca: ca.certificatePem, serverName: name },
    });

    beforeAll(async () => {
      const started = await edge(
        [
          keyPair('wild', await issueLeaf(ca, { name: '*.example.test' })),
          host('wild', { hostname: wildcard, tlsSecret: { name: 'wild' }, ...ROUTE }),
          host('broken', { hostname: 'broken.example.test', tlsSecret: { name: 'nowhere' }, ...ROUTE }),
          host('misspelt', { hostname: 'misspelt.example.test', tlsSecret: { name: 'wild' }, tlss: {}, ...ROUTE }),
        ],
        forced,
      );
      ports = started.ports;
      await started.envoy.admin.listening(ports.http);
      await started.envoy.admin.listening(ports.https);
      plane = started.plane;
    });

    test('both mistakes are told of', () => {
      expect(plane.diagnostics.map(({ code }) => code)).toEqual(expect.arrayContaining(['CS3004', 'CS1020']));
    });

    test('the wildcard serves everybody else', async () => {
      expect(await answerTo(secure('other.example.test'))).toMatchObject({ status: 200 });
      expect(await answerTo({ port: ports.http, authority: 'other.example.test' })).toMatchObject({ status: 200 });
    });

    test.each(['broken.example.test', 'misspelt.example.test'])('TLS for %s is closed', async (name) => {
      expect(await withheld(() => send(secure(name)))).toHaveProperty('error');
    });

    test.each(['broken.example.test', 'misspelt.example.test'])('the wildcard does not front %s', async (name) => {
      expect(await withheld(() => answerTo(secure('other.example.test', name)))).toMatchObject({ status: 421 });
    });

    test('its cleartext goes on as its policy says, unless secret validation is forced', async () => {
      for (const port of [ports.http, ports.https]) {
        const answer = await answerTo({ port, authority: 'broken.example.test' });
        expect(answer.status).toBe(forced ? 503 : 200);
        if (forced) expect(answer.body).toBe('Host default/broken is quarantined: CS3004\n');
      }
    });

    test('cleartext for one that could not be read answers 503 with the code', async () => {
      for (const port of [ports.http, ports.https]) {
        const answer = await withheld(() => answerTo({ port, authority: 'misspelt.example.test' }));
        expect(answer).toMatchObject({ status: 503, body: 'Host default/misspelt is quarantined: CS1020\n' });
      }
    });
  });
});

describe('where the only Host is broken, no Host * takes its place', () => {
  test.each<[string, object, number]>([
    ['it misses its Secret', { tlsSecret: { name: 'nowhere' } }, 301],
    ['it has an unknown field', { tlsSecret: { name: 'nowhere' }, tlss: {} }, 503],
  ])('%s', async (_why, spec, status) => {
    const { ports, envoy } = await edge([host('only', { hostname: 'only.example.test', ...spec })], false);
    await envoy.admin.listening(ports.http);
    const secure = { port: ports.https, tls: { ca: ca.certificatePem, serverName: 'only.example.test' } };
    await withheld(async () => {
      expect(await answerTo({ port: ports.http, authority: 'only.example.test' })).toMatchObject({ status });
      expect(await answerTo({ port: ports.http, authority: 'else.example.test' })).toMatchObject({ status: 404 });
      expect(await send(secure)).toHaveProperty('error');
    });
  });

  test('not even its hostname can be read', async () => {
    const { ports, plane } = await edge([host('only', { hostname: ['only.example.test'] })], false);
    await plane.admin.inStep('edge');
    await withheld(async () => {
      for (const port of Object.values(ports))
        expect(await send({ port, authority: 'only.example.test' })).toEqual({ error: 'ECONNREFUSED' });
    });
    expect(plane.diagnostics.map(({ code }) => code)).toContain('CS1023');
  });
});
