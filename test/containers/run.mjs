// `npm run test:containers`: builds the image, starts docker-compose.yml in a project of its own, and holds it to what it
// promises. Without Docker or the base images nothing is tested, and the last lines say so.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checks } from './checks.mjs';
import { consulChecks, consulImage, consulServices } from './consul.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const project = `countersign-test-${process.pid}`;
const BASE_IMAGES = ['node:24-bookworm-slim', 'envoyproxy/envoy:v1.40.0'];
const SERVICES = ['countersign', 'application', 'sidecar', 'edge'];

const exec = promisify(execFile);
const run = async (command, args, options = {}) =>
  (await exec(command, args, { cwd: root, maxBuffer: 64 << 20, timeout: 900_000, ...options })).stdout;
const works = (command, args) =>
  run(command, args).then(
    () => true,
    () => false,
  );

const why = await whyNot();
if (why === undefined) process.exitCode = await test();
else {
  console.log(`\n!!! THE CONTAINERS WERE NOT TESTED: ${why}\n`);
  summary(0, 0, checks.length);
}

async function whyNot() {
  if (!(await works('docker', ['info']))) return 'there is no Docker, or its daemon does not answer';
  if ((await composeCommand()) === undefined) return 'there is neither docker-compose nor docker compose';
  for (const image of BASE_IMAGES) {
    if (!(await works('docker', ['image', 'inspect', image])) && !(await works('docker', ['pull', '-q', image])))
      return `the base image ${image} is not here and can not be pulled`;
  }
  return undefined;
}

async function composeCommand() {
  if (await works('docker-compose', ['version'])) return ['docker-compose'];
  if (await works('docker', ['compose', 'version'])) return ['docker', 'compose'];
  return undefined;
}

async function test() {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-containers-'));
  const override = join(dir, 'override.json');
  // The build uses this machine's network, which reaches registries where Docker's own may not.
  const service = { image: project, build: { context: root, network: 'host' } };
  const services = { pki: service, countersign: service, 'consul-countersign': service };
  writeFileSync(override, JSON.stringify({ services }));
  const consul = await consulImage(`${project}-consul`);
  const [edgePort, consulEdgePort] = [await freePort(), await freePort()];
  const [command, ...prefix] = await composeCommand();
  const env = {
    ...process.env,
    EDGE_PORT: String(edgePort),
    CONSUL_EDGE_PORT: String(consulEdgePort),
    ...(consul !== undefined && { CONSUL_IMAGE: consul }),
    COMPOSE_PROJECT_NAME: project,
  };
  const compose = (...args) =>
    run(command, [...prefix, '-f', join(root, 'docker-compose.yml'), '-f', override, ...args], { env });
  const clean = async () => {
    // Only an active profile is taken down with the rest.
    await compose('--profile', 'consul', 'down', '--volumes', '--timeout', '5').catch((error) =>
      console.error(error.message),
    );
    await run('docker', ['image', 'rm', '--force', project, `${project}-consul`]).catch(() => undefined);
    rmSync(dir, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void clean().finally(() => process.exit(1)));

  let passed = 0;
  let failed = 0;
  try {
    const started = performance.now();
    await compose('up', '--detach', '--build');
    for (const name of SERVICES) await healthy(compose, name);
    console.log(`up and healthy after ${Math.round((performance.now() - started) / 1000)} s`);
    const containers = {
      edgePort,
      consulEdgePort,
      compose,
      image: project,
      services: SERVICES,
      healthy: (name) => healthy(compose, name),
    };
    const tell = async (list) => {
      for (const { name, check } of list) {
        try {
          await check(containers);
          passed += 1;
          console.log(`ok      ${name}`);
        } catch (error) {
          failed += 1;
          console.log(`FAILED  ${name}\n${error.stack}`);
        }
      }
    };
    await tell(checks);
    if (consul === undefined) console.log('\n!!! THE PROFILE consul WAS NOT TESTED: there is no image of Consul\n');
    else {
      await compose('--profile', 'consul', 'up', '--detach');
      for (const name of consulServices) await healthy(compose, name);
      await tell(consulChecks);
    }
  } catch (error) {
    failed += checks.length - passed - failed;
    console.log(`FAILED  docker-compose up\n${error.message}`);
  }
  if (failed > 0)
    console.log(
      await compose('--profile', 'consul', 'logs', '--no-color', '--tail=60').catch((error) => error.message),
    );
  await clean();
  summary(passed, failed, 0);
  return failed === 0 ? 0 : 1;
}

async function healthy(compose, name) {
  const id = (await compose('ps', '-q', name)).trim();
  if (id === '') throw new Error(`${name} has no container`);
  const deadline = performance.now() + 120_000;
  for (;;) {
    const state = JSON.parse(await run('docker', ['inspect', '--format', '{{json .State}}', id]));
    if (state.Health?.Status === 'healthy') return;
    if (!state.Running) throw new Error(`${name} ended with ${state.ExitCode}`);
    if (performance.now() > deadline) throw new Error(`${name} is ${state.Health?.Status} after two minutes`);
    await delay(50);
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function summary(passed, failed, skipped) {
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
}
