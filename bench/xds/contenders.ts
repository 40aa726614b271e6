import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { PeerProcess } from './peer-process';
import type { Contender } from './run';

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
  return {
    name: 'Countersign',
    start: (clusters) => new PeerProcess(process.execPath, [program, String(clusters)]),
  };
}

/** Builds the peer from its Go module; undefined where Go is not installed. */
export function goControlPlane(directory: string, program: string): Contender | undefined {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
  } catch {
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
      const resources = join(directory, `resources-${clusters}`);
      execFileSync(process.execPath, [program, String(clusters), resources]);
      return new PeerProcess(binary, [resources]);
    },
  };
}
