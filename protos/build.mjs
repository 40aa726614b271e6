// Assembles `tree/` and `dist/` when they are missing or when anything they are made from has changed.
// Runs at install (`prepare`) and, by being imported, at the start of the root's build.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const stamp = join(here, 'dist', 'stamp');
const packageFile = find('@grpc/grpc-js-xds/package.json');

if (packageFile === undefined) {
  // `npm ci --omit=dev`: what was built before is what there is. An install must not fail over it, a build must.
  if (!existsSync(stamp)) {
    const message = 'protos: @grpc/grpc-js-xds is not installed, and protos/dist has not been built';
    if (process.env.npm_lifecycle_event !== 'prepare') throw new Error(message);
    console.warn(message);
  }
} else {
  const inputs = inputHash();
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== inputs) await build(inputs);
}

async function build(inputs) {
  const roots = JSON.parse(readFileSync(join(here, 'roots.json'), 'utf8'));
  const { assembleTree } = await import('./tree.mjs');
  const { readDescriptors } = await import('./descriptors.mjs');
  const { generateTypes } = await import('./types.mjs');

  const dist = join(here, 'dist');
  // Made aside and moved in at the end: an interrupted build leaves no half-written dist with a stamp.
  const next = join(dist, `next-${process.pid}`);
  const treeDir = join(next, 'tree');
  rmSync(stamp, { force: true });
  mkdirSync(next, { recursive: true });
  try {
    assembleTree(join(dirname(packageFile), 'deps'), roots.files, treeDir);
    const { descriptors, messages, services, files } = readDescriptors(treeDir, roots);
    writeFileSync(join(next, 'descriptors.json'), JSON.stringify(descriptors));
    writeFileSync(join(next, 'files.json'), JSON.stringify(files));
    writeFileSync(join(next, 'registry.d.ts'), generateTypes(treeDir, join(next, 'types'), roots, messages, services));
    for (const name of ['descriptors.json', 'files.json', 'types', 'registry.d.ts'])
      replace(join(next, name), join(dist, name));
    replace(treeDir, join(here, 'tree'));
    writeFileSync(stamp, inputs);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

function replace(from, to) {
  rmSync(to, { recursive: true, force: true });
  renameSync(from, to);
}

function inputHash() {
  const hash = createHash('sha256');
  const loader = require.resolve('@grpc/proto-loader/package.json');
  const protobufjs = createRequire(loader).resolve('protobufjs/package.json');
  for (const file of [packageFile, loader, protobufjs])
    hash.update(`${JSON.parse(readFileSync(file, 'utf8')).version}\n`);
  for (const file of [
    'build.mjs',
    'tree.mjs',
    'descriptors.mjs',
    'file-descriptors.mjs',
    'types.mjs',
    'overlay.mjs',
    'roots.json',
  ]) {
    hash.update(readFileSync(join(here, file)));
  }
  return hash.digest('hex');
}

function find(specifier) {
  try {
    return require.resolve(specifier);
  } catch {
    return undefined;
  }
}
