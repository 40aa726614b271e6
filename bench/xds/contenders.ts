import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { PeerProcess } from './peer-process';
import type { Contender } from './run';
import type { Serving } from './server-process';

const PEER = join(__dirname, 'go-control-plane');

/** Bundles a program of this folder, as the product is shipped. Returns its path. */
export function bundle(directory: string, name: string): string {
  const outfile = join(directory, `${name}.cjs`);
  const entryPoints = [join(__dirname, `${name}.ts`)];
  buildSync({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  return outfile;
}

export function ours(program: string): Contender {
  return { name: 'Countersign', start: (clusters) => startOurs(program, { clusters }) };
}

export function startOurs(program: string, serving: Serving): PeerProcess {
  return new PeerProcess(process.execPath, [program, JSON.stringify(serving)]);
}

/** Builds the peer from its Go module; undefined, and said aloud, where Go is not installed. */
export function goControlPlane(directory: string, program: string): Contender | undefined {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
  } catch {
    process.stderr.write('GO IS NOT INSTALLED: Countersign is measured alone, with nothing to compare it with.\n');
    return undefined;
  }
  const sources = join(directory, 'peer');
  mkdirSync(sources);
  cpSync(PEER, sources, { recursive: true });
  const binary = join(directory, 'go-control-plane');
  execFileSync('go', ['build', '-o', binary, '.'], { cwd: sources, stdio: 'inherit' });
  return {
    name: 'go-control-plane',
    start: (clusters) => {
      const writeTo = join(directory, `resources-${clusters}`);
      execFileSync(process.execPath, [program, JSON.stringify({ clusters, writeTo } satisfies Serving)]);
      return new PeerProcess(binary, [writeTo]);
    },
  };
}
