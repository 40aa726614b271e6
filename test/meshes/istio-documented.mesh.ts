import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Closing } from '../support/closing';
import { commandsOf, runDocumented } from './support/documented';
import { Istio } from './support/istio';
import { sidecarBootstrap } from './support/istio-upstream';

const WORKLOAD = 9000;

const closing = new Closing();
afterEach(() => closing.close(), 60_000);

test('the commands of docs/istio.md for certificates in files do what it says', async () => {
  const istio = closing.keep(await Istio.start());
  const folder = mkdtempSync(join(tmpdir(), 'countersign-documented-istio-'));
  closing.keep({ stop: () => Promise.resolve(rmSync(folder, { recursive: true })) });
  const sidecar = { port: 80, socket: istio.socket('quote'), workload: WORKLOAD, mode: 'STRICT' } as const;
  writeFileSync(join(folder, 'sidecar.json'), JSON.stringify(sidecarBootstrap(sidecar)));
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost quote\n');
  // What the page takes for granted: the service, its sidecar, and its name.
  const given = [
    `mount --bind ${folder}/hosts /etc/hosts`,
    `python3 -m http.server ${WORKLOAD} --bind 127.0.0.1 2> application.log &`,
    `envoy -c ${folder}/sidecar.json --disable-hot-restart 2> sidecar.log &`,
    `export AMBASSADOR_ISTIO_SECRET_DIR=${istio.certificates('edge')}`,
  ].join('\n');
  const commands = commandsOf('istio.md', 'By the files of istio-agent');
  expect(commands).toHaveLength(1);
  const printed = await runDocumented([given, ...commands], {});
  expect(printed).toContain('0 errors, 0 warnings');
  expect(printed).toContain('default/istio-certs');
  expect(printed).toContain('Directory listing for /');
}, 180_000);
