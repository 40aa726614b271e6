// What the profile `consul` of docker-compose.yml promises, and where its image comes from.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const OFFICIAL = 'consul:1.13.1';

/** The services that have a health check. */
export const consulServices = ['consul', 'consul-countersign', 'consul-edge'];

/** @type {{ name: string, check: (containers: { compose: (...args: string[]) => Promise<string>, consulEdgePort: number }) => Promise<void> }[]} */
export const consulChecks = [
  {
    name: 'a service of Consul Connect answers through mutual TLS',
    check: async ({ consulEdgePort }) => {
      const answer = await status(consulEdgePort, 200);
      assert.equal(JSON.parse(answer).path, '/');
    },
  },
  {
    name: 'an intention that denies us is honoured, and one that allows us again',
    check: async ({ compose, consulEdgePort }) => {
      const consul = (...args) => compose('exec', '-T', 'consul', 'consul', ...args);
      await consul('intention', 'create', '-deny', 'edge', 'web');
      await status(consulEdgePort, 503);
      await consul('intention', 'delete', 'edge', 'web');
      await status(consulEdgePort, 200);
    },
  },
];

/** Waits until the edge answers so. */
async function status(port, wanted) {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/web/`, { headers: { connection: 'close' } });
    const body = await answer.text();
    if (answer.status === wanted) return body;
    if (performance.now() > deadline) throw new Error(`${answer.status} instead of ${wanted}: ${body}`);
    await delay(100);
  }
}

/**
 * The official image, or one under `name` with the binary that is at hand.
 *
 * @returns {Promise<string | undefined>} undefined: there is neither
 */
export async function consulImage(name) {
  for (const args of [
    ['image', 'inspect', OFFICIAL],
    ['pull', '-q', OFFICIAL],
  ])
    if (await works('docker', args)) return OFFICIAL;
  const servers =
    process.env.COUNTERSIGN_SERVERS ?? join(dirname(fileURLToPath(import.meta.url)), '../../../shared/servers');
  if (!existsSync(join(servers, 'unpack'))) return undefined;
  const { stdout } = await exec(join(servers, 'unpack'));
  const folder = mkdtempSync(join(tmpdir(), 'countersign-consul-image-'));
  copyFileSync(join(stdout.trim(), 'consul'), join(folder, 'consul'));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM node:24-bookworm-slim\nCOPY consul /usr/local/bin/consul\n');
  await exec('docker', ['build', '-q', '-t', name, folder]);
  rmSync(folder, { recursive: true });
  return name;
}

async function works(command, args) {
  return await exec(command, args).then(
    () => true,
    () => false,
  );
}
