import { run } from './run';

void run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  variables: process.env,
  now: () => new Date(),
}).then((code) => {
  process.exitCode = code;
});
