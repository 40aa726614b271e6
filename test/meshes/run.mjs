// `npm run test:meshes`: tests with a real Consul, istiod and istio-agent. Without them nothing is tested, and the last lines say so.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** A folder with the scripts `unpack`, `consul/up`, `istio/up`, `kubernetes/up` and the `down` of each. */
const servers = process.env.COUNTERSIGN_SERVERS ?? join(root, '../shared/servers');
const missing = ['consul/up', 'istio/up', 'kubernetes/up']
  .map((script) => join(servers, script))
  .find((path) => !existsSync(path));

if (missing !== undefined) {
  console.log(`\n!!! CONSUL AND ISTIO WERE NOT TESTED: there is no ${missing} that starts one\n`);
} else {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const args = ['-c', join(root, 'test/meshes/jest.config.cjs'), '-i', ...process.argv.slice(2)];
  const env = { ...process.env, COUNTERSIGN_SERVERS: servers };
  const { status } = spawnSync(process.execPath, [jest, ...args], { cwd: root, env, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
