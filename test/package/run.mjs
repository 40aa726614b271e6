// The packed tarballs, installed elsewhere: what `npm install countersign` and the protos package give somebody.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'countersign-package-'));
const npm = (...args) =>
  execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** Runs the installed program; its exit code and what it printed. */
function countersign(...args) {
  try {
    const stdout = execFileSync(join(folder, 'node_modules/.bin/countersign'), args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { code: 0, stdout };
  } catch (error) {
    return { code: error.status, stdout: error.stdout };
  }
}

const checks = {
  'the tarballs hold no source, no test and no key': () => {
    const listing = readdirSync(join(folder, 'node_modules/countersign'), { recursive: true }).map(String);
    return (
      listing.includes('dist/countersign.cjs') &&
      !listing.some((path) => /^(src|test|fixtures)\b|\.(key|proto)$/.test(path))
    );
  },
  'the program says its version': () => /^\d+\.\d+\.\d+\n$/.test(countersign('--version').stdout),
  'it validates: 1 where there are findings, with a place': () => {
    writeFileSync(
      join(folder, 'bad.yaml'),
      'apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: a}\nspec: {prefix: /}\n',
    );
    const { code, stdout } = countersign('validate', 'bad.yaml');
    return code === 1 && stdout.includes('bad.yaml:4:1 error CS1022');
  },
  'it renders: 0, with the Envoy resources': () => {
    writeFileSync(
      join(folder, 'good.yaml'),
      'apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: a}\nspec: {hostname: "*", prefix: /, service: a}\n',
    );
    const { code, stdout } = countersign('render', '--format', 'json', 'good.yaml');
    return code === 0 && JSON.parse(stdout).clusters.length === 1;
  },
  'the schemas for editors are in it, and `schema` prints the same': () => {
    const path = join(folder, 'node_modules/countersign/schemas/countersign.schema.json');
    return countersign('schema').stdout === readFileSync(path, 'utf8');
  },
  'the protos load without the package that they came from': () => {
    const script =
      "console.log(Object.keys(require('@envoyproxy/protos').load()).includes('envoy.config.cluster.v3.Cluster'))";
    return execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' }).trim() === 'true';
  },
};

let [passed, failed] = [0, 0];
try {
  for (const where of [['.'], ['-w', 'protos']])
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, ...where.filter((word) => word !== '.')], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'ignore'],
    });
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  npm(
    'install',
    '--silent',
    ...readdirSync(folder)
      .filter((name) => name.endsWith('.tgz'))
      .map((name) => `./${name}`),
  );
  for (const [what, check] of Object.entries(checks)) {
    const held = check();
    process.stdout.write(`${held ? 'ok     ' : 'FAILED '} ${what}\n`);
    if (held) passed += 1;
    else failed += 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
