import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ATTACKS } from '../../test/xds/support/attacks';
import { bundle, startOurs } from './contenders';
import type { Latency, Load } from './load-process';
import { PeerProcess } from './peer-process';

const STREAMS = 10;
const CLUSTERS = 1_000;
const CHANGES = 10;
/** An update may take so long while somebody attacks, in milliseconds. */
const GOAL_MS = 1_000;

/** How long well-behaved Envoys wait for a changed secret, before and while a client attacks the port. Ends with 1 where that is too long. */
async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    const [server, load, attacker] = ['server-process', 'load-process', 'attack-process'].map((name) =>
      bundle(directory, name),
    );
    process.stdout.write('\nThe slowest of 10 Envoys to get a changed secret, ms: median (worst) of 10 changes\n\n');
    process.stdout.write('| attack | before | during | MB at most |\n| --- | --- | --- | --- |\n');
    for (const name of Object.keys(ATTACKS)) {
      const { before, during, megabytes } = await attacked(name, server ?? '', load ?? '', attacker ?? '');
      const cell = (times: readonly number[]) => `${median(times).toFixed(1)} (${Math.max(...times).toFixed(0)})`;
      process.stdout.write(`| ${name} | ${cell(before)} | ${cell(during)} | ${megabytes.toFixed(0)} |\n`);
      if (Math.max(...during) > GOAL_MS) process.exitCode = 1;
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function attacked(name: string, serverProgram: string, loadProgram: string, attackProgram: string) {
  const server = startOurs(serverProgram, { clusters: CLUSTERS });
  const others: PeerProcess[] = [];
  try {
    const port = await server.next<number>('port');
    const argument: Load = { port, streams: STREAMS, clusters: CLUSTERS, protocol: 'delta' };
    const load = new PeerProcess(process.execPath, [loadProgram, JSON.stringify(argument)]);
    others.push(load);
    await load.next('complete');
    const changes = async () => {
      const times: number[] = [];
      for (let index = 0; index < CHANGES; index += 1) {
        load.tell('secrets');
        await load.next('armed');
        server.tell('secret');
        await server.next('changed');
        times.push((await load.next<Latency>('changed')).all);
      }
      return times;
    };
    // The first changes of a process are slower than all others.
    await changes();
    const before = await changes();
    const attacker = new PeerProcess(process.execPath, [attackProgram, name, String(port)]);
    others.push(attacker);
    await attacker.next('attacked');
    const during = await changes();
    return { before, during, megabytes: server.usage().peakMegabytes };
  } finally {
    for (const other of others) await other.end();
    await server.end();
  }
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

void main();
