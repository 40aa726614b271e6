import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Baring } from './bare-process';
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
  return { name: 'Countersign', start: ({ clusters }) => startOurs(program, { clusters }) };
}

/** The least that Node needs for it (`bare-process`). */
export function bare(directory: string, program: string, bareProgram: string): Contender {
  return {
    name: 'bare Node',
    start: ({ clusters, protocol }) => {
      const told: Baring = { protocol, resources: resourcesOf(clusters, directory, program) };
      return new PeerProcess(process.execPath, [bareProgram, JSON.stringify(told)]);
    },
  };
}

/** The file of a configuration’s resources, made when first asked for. */
function resourcesOf(clusters: number, directory: string, program: string): string {
  const writeTo = join(directory, `resources-${clusters}`);
  if (!existsSync(writeTo))
    execFileSync(process.execPath, [program, JSON.stringify({ clusters, writeTo } satisfies Serving)]);
  return writeTo;
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
    start: ({ clusters }) => new PeerProcess(binary, [resourcesOf(clusters, directory, program)]),
  };
}
