import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import { host, listener, mapping } from '../support/definitions';
import { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { Upstream } from '../support/upstream';

const closing = new Closing();
afterAll(() => closing.close());

test('rule 12: a source that suddenly yields nothing costs no request; what is meant is let go by its token', async () => {
  const upstream = closing.keep(await Upstream.start({ keepAlive: false }));
  const port = await freePort();
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const route = (name: string) => mapping(name, { prefix: `/${name}/`, service: `127.0.0.1:${upstream.port}` });
  const base = [
    listener(port, { protocol: 'HTTP', securityModel: 'INSECURE' }),
    host('edge', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } }),
  ];
  const config = closing.keep(await ConfigDirectory.create({ 'base.yaml': base, 'routes.yaml': names.map(route) }));
  const plane = closing.keep(await ServeProcess.start(config.path));
  const envoy = closing.keep(
    await Envoy.start(bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port: plane.xdsPort } })),
  );
  await envoy.admin.listening(port);
  const load = Load.start({ port, path: '/f/' }, 1);
  closing.keep({ stop: async () => void (await load.stop()) });
  await load.outcomes(10);

  // The text is cut off in the middle of a slow copy, then there is nothing at all.
  await config.write('routes.yaml', [route('a')]);
  await config.write('base.yaml', []);
  await plane.admin.finding('CS6002');
  await load.outcomes(20);
  expect((await answerTo({ port, path: '/a/' })).status).toBe(200);

  // What is new goes through all the same.
  await config.write('new.yaml', [route('new')]);
  await eventually('the new Mapping is served', async () =>
    (await answerTo({ port, path: '/new/' })).status === 200 ? true : undefined,
  );

  // It comes back.
  await config.write('base.yaml', base);
  await config.write('routes.yaml', names.map(route));
  await plane.admin.finding('CS6002', false);
  await load.outcomes(10);

  // This time it is meant.
  await config.write('routes.yaml', []);
  await plane.admin.finding('CS6002');
  const { ok, failed, failures } = await load.stop();
  expect({ failed, failures }).toEqual({ failed: 0, failures: {} });
  const finding = (await plane.admin.status()).diagnostics.find(({ code }) => code === 'CS6002');
  const token = /\/deletions\/([0-9a-f]+)/.exec(finding?.fix ?? '')?.[1] ?? '';
  await plane.admin.confirmDeletion(token);
  await plane.admin.finding('CS6002', false);
  await eventually('the Mapping is gone', async () =>
    (await answerTo({ port, path: '/f/' })).status === 404 ? true : undefined,
  );
  process.stdout.write(`mass deletions held back: ${ok} requests, ${failed} failed\n`);
}, 60_000);

test('a control plane that finds nothing at its start takes nothing from Envoys that have something', async () => {
  const port = await freePort();
  const xdsPort = await freePort();
  const config = closing.keep(
    await ConfigDirectory.create({
      'base.yaml': [
        listener(port, { protocol: 'HTTP', securityModel: 'INSECURE' }),
        host('edge', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } }),
      ],
    }),
  );
  const first = await ServeProcess.start(config.path, { xdsPort });
  const envoy = closing.keep(
    await Envoy.start(bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port: xdsPort } })),
  );
  await envoy.admin.listening(port);
  await first.admin.inStep('edge');
  await first.kill();
  const empty = closing.keep(await ConfigDirectory.create({}));
  const second = closing.keep(await ServeProcess.start(empty.path, { xdsPort }));
  await second.log.line('it says that there is nothing', ({ msg }) => msg.startsWith('there is not one definition'));
  await second.log.line('Envoy is back', ({ msg }) => msg === 'stream opened');
  await expect(second.admin.text('/readyz')).rejects.toThrow('503');
  expect((await answerTo({ port })).status).toBe(404);
  await empty.write('base.yaml', [
    listener(port, { protocol: 'HTTP', securityModel: 'INSECURE' }),
    host('edge', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } }),
  ]);
  await second.admin.inStep('edge');
}, 60_000);
