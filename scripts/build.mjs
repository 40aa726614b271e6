// Bundles the command line into one CommonJS file, dist/countersign.cjs, with its dependencies and the proto descriptors inside.
import { existsSync } from 'node:fs';
import '../protos/build.mjs';

const OUTPUT = 'dist/countersign.cjs';

/** Absent after `npm ci --omit=dev`, where what was built before must do. */
async function bundler() {
  try {
    return await import('esbuild');
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const found = existsSync(OUTPUT)
      ? 'is kept as it is'
      : 'is missing: install with the development dependencies to build it';
    process.stderr.write(`esbuild is not installed; ${OUTPUT} ${found}\n`);
    return undefined;
  }
}

const esbuild = await bundler();
await esbuild?.build({
  entryPoints: ['src/cli/main.ts'],
  outfile: OUTPUT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'external',
  logLevel: 'warning',
});
