// Bundles programs as they are shipped: one CommonJS file each, in which the schemas of the kinds are functions already.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  legalComments: 'external',
  logLevel: 'warning',
};

/** What scripts/compiled-schemas.ts makes of the schemas. */
async function compiledSchemas() {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-schemas-'));
  try {
    const outfile = join(directory, 'compiled-schemas.cjs');
    const entryPoints = [join(ROOT, 'scripts/compiled-schemas.ts')];
    await esbuild.build({ ...COMMON, legalComments: 'none', entryPoints, outfile });
    return createRequire(import.meta.url)(outfile).compiledSchemas();
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const FUNCTIONS = 'compiled-schemas';

/** Puts the compiled schemas in the place of their compiler. */
const schemasCompiled = {
  name: 'schemas-compiled',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: new RegExp(`^${FUNCTIONS}$`) }, () => ({ path: FUNCTIONS, namespace: FUNCTIONS }));
    onLoad({ filter: /.*/, namespace: FUNCTIONS }, async () => ({
      contents: await compiledSchemas(),
      resolveDir: ROOT,
    }));
    onLoad({ filter: /[\\/]model[\\/]decoding[\\/]schema-compiler\.ts$/ }, ({ path }) => ({
      contents: `import parts from '${FUNCTIONS}';
        import { assembled } from './field-by-field';
        export const compiledSchema = (kind) => assembled(kind, parts);`,
      resolveDir: dirname(path),
    }));
  },
};

export async function bundle({ plugins = [], ...options }) {
  await esbuild.build({ ...COMMON, ...options, plugins: [...plugins, schemasCompiled] });
}
