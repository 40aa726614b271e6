// Finds `helm`: $HELM, on PATH, in .helm/, or built from its Go module into there. Prints its path; exits 1 where there is none.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const VERSION = 'v3.18.6';
const FOLDER = join(dirname(dirname(fileURLToPath(import.meta.url))), '.helm');

/** The path of a helm that is there. */
export function findHelm() {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'helm'));
  return [process.env.HELM, ...onPath, join(FOLDER, 'helm')].find((path) => path && existsSync(path));
}

/** Builds it, if there is a Go toolchain; minutes. */
function buildHelm() {
  mkdirSync(FOLDER, { recursive: true });
  const { status } = spawnSync('go', ['install', `helm.sh/helm/v3/cmd/helm@${VERSION}`], {
    env: { ...process.env, GOBIN: FOLDER },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return status === 0 ? join(FOLDER, 'helm') : undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const helm = findHelm() ?? buildHelm();
  if (helm === undefined) {
    process.stderr.write('there is no helm, and no Go toolchain to build it\n');
    process.exitCode = 1;
  } else process.stdout.write(`${helm}\n`);
}
