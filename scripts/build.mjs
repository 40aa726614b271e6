// Bundles the command line into one CommonJS file, dist/countersign.cjs, with its dependencies and the proto descriptors inside; and
// what only `--kubernetes` needs into another beside it.
import { existsSync } from 'node:fs';
import '../protos/build.mjs';

const OUTPUT = 'dist/countersign.cjs';

/** Absent after `npm ci --omit=dev`, where what was built before must do. */
async function bundler() {
  try {
    return await import('./bundle.mjs');
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const found = existsSync(OUTPUT)
      ? 'is kept as it is'
      : 'is missing: install with the development dependencies to build it';
    process.stderr.write(`esbuild is not installed; ${OUTPUT} ${found}\n`);
    return undefined;
  }
}

/** The client library of Kubernetes is larger than all the rest, so it has a bundle of its own, which only `--kubernetes` loads. */
const KUBE_CONFIG = { entry: 'src/sources/kubernetes/kube-config.ts', output: 'dist/kube-config.cjs' };

const apart = {
  name: 'kube-config-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/kube-config\.js$/ }, () => ({ path: './kube-config.cjs', external: true }));
  },
};

const { bundle } = (await bundler()) ?? {};
await bundle?.({
  entryPoints: ['src/cli/main.ts'],
  outfile: OUTPUT,
  plugins: [apart],
  sourcemap: true,
  sourcesContent: false,
});
await bundle?.({ entryPoints: [KUBE_CONFIG.entry], outfile: KUBE_CONFIG.output, minify: true });
