// Lays out `tree/`: the root files and everything they import, from the pinned npm package, with the overlay applied.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ADDED_FIELDS, ADDED_FILES } from './overlay.mjs';

const FOLDERS = ['envoy-api', 'xds', 'protoc-gen-validate', 'googleapis'];
const IMPORT = /^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"\s*;/gm;

/** Writes the closure of `files` to `treeDir`; `depsDir` is the package's `deps`. Throws if a file is nowhere to be found. */
export function assembleTree(depsDir, files, treeDir) {
  rmSync(treeDir, { recursive: true, force: true });
  const pending = [...files];
  const seen = new Set();
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    // protobufjs brings its own well-known types.
    if (seen.has(file) || file.startsWith('google/protobuf/')) continue;
    seen.add(file);
    const text = withAddedFields(file, source(depsDir, file));
    for (const [, imported] of text.matchAll(IMPORT)) pending.push(imported);
    mkdirSync(dirname(join(treeDir, file)), { recursive: true });
    writeFileSync(join(treeDir, file), text);
  }
}

function source(depsDir, file) {
  if (ADDED_FILES[file] !== undefined) return ADDED_FILES[file];
  for (const folder of FOLDERS) {
    const path = join(depsDir, folder, file);
    if (existsSync(path)) return readFileSync(path, 'utf8');
  }
  throw new Error(`${file} is neither in the package nor in the overlay`);
}

function withAddedFields(file, text) {
  for (const added of ADDED_FIELDS.filter((entry) => entry.file === file)) {
    const head = `message ${added.message} {`;
    if (!text.includes(head)) throw new Error(`${file} has no ${head}`);
    text = text.replace(head, `${head} ${added.fields}`);
  }
  return text;
}
