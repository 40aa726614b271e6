import type { BuildOptions } from 'esbuild';

/** Bundles programs as they are shipped. @throws BuildFailure of esbuild */
export function bundle(options: BuildOptions): Promise<void>;
