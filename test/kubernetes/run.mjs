// `npm run test:kubernetes`: tests with a real kube-apiserver and etcd. Without them nothing is tested, and the last lines say so.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** A folder with the scripts `unpack`, `kubernetes/up` and `kubernetes/down`. */
const servers = process.env.COUNTERSIGN_SERVERS ?? join(root, '../shared/servers');

if (!existsSync(join(servers, 'kubernetes/up'))) {
  console.log(
    `\n!!! KUBERNETES WAS NOT TESTED: there is no ${join(servers, 'kubernetes/up')} that starts a kube-apiserver\n`,
  );
} else {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const args = ['-c', join(root, 'test/kubernetes/jest.config.cjs'), '-i', ...process.argv.slice(2)];
  const env = { ...process.env, COUNTERSIGN_SERVERS: servers };
  const { status } = spawnSync(process.execPath, [jest, ...args], { cwd: root, env, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
