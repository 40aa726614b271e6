// `npm run envoy -- ARGS`: runs the Envoy that the demo and the tests use, installing it first if need be.
// Without ARGS it prints where that Envoy is.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { require } from 'tsx/cjs/api';

const { getEnvoy } = require('../src/cli/envoy-binary.ts', import.meta.url);

try {
  const envoy = await getEnvoy();
  const args = process.argv.slice(2);
  if (args.length === 0) console.log(envoy);
  else runAs(spawn(envoy, args, { stdio: 'inherit' }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 3;
}

/** Makes this process look like the child: it passes signals on and ends as the child ended. */
function runAs(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(error.message);
    process.exitCode = 3;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
