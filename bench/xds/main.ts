import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureFloors } from './floors';
import { bare, bundle, goControlPlane, ours } from './contenders';
import { type Case, complete, type Contender, measure, type Measured } from './run';
import { Report } from './report';

const PROTOCOLS = ['sotw', 'delta'] as const;

/**
 * The xDS server under load, beside a go-control-plane server with the same resources, and the least that Node needs for it. `--quick` leaves out the largest, `--alone` the
 * peer, `--only PROTOCOL:STREAMS:CLUSTERS` all but one and what needs no peer, `--floors` all cases. Ends with 1 where a goal is missed.
 */
async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    const program = bundle(directory, 'server-process');
    const load = bundle(directory, 'load-process');
    const own = ours(program);
    const least = bare(directory, program, bundle(directory, 'bare-process'));
    const peer = process.argv.includes('--alone') ? undefined : goControlPlane(directory, program);
    const report = new Report();
    for (const each of cases()) {
      const measured = await measure(own, each, load);
      report.add(each, measured, peer && (await tried(peer, each, load)), await complete(least, each, load));
    }
    if (!process.argv.includes('--only'))
      for (const floor of await measureFloors(directory, program, load)) report.addFloor(floor);
    process.stdout.write(report.finish());
    process.exitCode = report.missed ? 1 : 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function tried(peer: Contender, wanted: Case, load: string): Promise<Measured | undefined> {
  try {
    return await measure(peer, wanted, load);
  } catch (error) {
    process.stderr.write(`${peer.name}: ${error instanceof Error ? error.message : 'failed'}\n`);
    return undefined;
  }
}

function cases(): readonly Case[] {
  const only = process.argv[process.argv.indexOf('--only') + 1]?.split(':');
  const all = [1_000, 10_000].flatMap((clusters) =>
    [1, 100, 1_000].flatMap((streams) => PROTOCOLS.map((protocol) => ({ protocol, streams, clusters }))),
  );
  if (process.argv.includes('--floors')) return [];
  if (process.argv.includes('--only')) {
    return all.filter((each) => only?.join(':') === `${each.protocol}:${each.streams}:${each.clusters}`);
  }
  return process.argv.includes('--quick') ? all.filter(({ streams, clusters }) => streams * clusters <= 100_000) : all;
}

void main();
