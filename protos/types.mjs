// Generates the TypeScript types: proto-loader's own generator, then a registry from full names to those types.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { snakeCase } from './descriptors.mjs';

const generator = join(
  dirname(createRequire(import.meta.url).resolve('@grpc/proto-loader/package.json')),
  'build/bin/proto-loader-gen-types.js',
);

// The payload of an Any is typed where it is built, so that an Any itself is only a name and bytes.
const ANY = `export interface Any {
  'type_url'?: (string);
  'value'?: (Buffer | Uint8Array);
}

export type Any__Output = Required<Any>;
`;

/** Writes one declaration file per message to `typesDir`, and returns the text of `registry.d.ts` beside it. */
export function generateTypes(treeDir, typesDir, roots, messages, services) {
  const flags = [
    '--keepCase',
    '--longs=String',
    '--enums=String',
    '--targetFileExtension=.d.ts',
    '-I',
    '.',
    '-O',
    typesDir,
  ];
  // Run inside the tree, so that the header of each file names it relative to the tree.
  execFileSync(process.execPath, [generator, ...flags, ...roots.files], {
    cwd: treeDir,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const entry of readdirSync(typesDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const text = readFileSync(path, 'utf8');
    // `export const X = {…} as const` has no place in a declaration file: no JavaScript stands behind it.
    const declared = text
      .replace(/^export const (\w+) = \{$/gm, 'export declare const $1: {')
      .replace(/^\} as const;$/gm, '};');
    writeFileSync(path, declared);
  }
  const google = join(typesDir, 'google/protobuf');
  mkdirSync(google, { recursive: true });
  writeFileSync(join(google, 'Any.d.ts'), ANY);
  const value = join(google, 'Value.d.ts');
  writeFileSync(
    value,
    readFileSync(value, 'utf8').replace(/^ {2}'(\w+)'/gm, (_line, name) => `  '${snakeCase(name)}'`),
  );
  return registry(messages, services);
}

function registry(messages, services) {
  const types = new Set(messages);
  const lines = messages.map((name) => {
    const parts = name.split('.');
    const top = parts.findIndex((_part, index) => types.has(parts.slice(0, index + 1).join('.')));
    const file = parts.slice(0, top + 1).join('/');
    const type = top === parts.length - 1 ? parts[top] : `_${parts.join('_')}`;
    return `  '${name}': import('./types/${file}').${type};`;
  });
  return `/** Message types by full name. */
export interface EnvoyMessages {
${lines.join('\n')}
}

/** Full names of the gRPC services. */
export type ServiceName =
${services.map((name) => `  | '${name}'`).join('\n')};
`;
}
