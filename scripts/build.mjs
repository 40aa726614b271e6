// Bundles the command line into one CommonJS file, dist/countersign.cjs, with its dependencies and the proto descriptors inside.
import { build } from 'esbuild';
import '../protos/build.mjs';

await build({
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/countersign.cjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'external',
  logLevel: 'warning',
});
