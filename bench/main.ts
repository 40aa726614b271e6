import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResourceType } from '../src/snapshot/snapshot';
import { AdsClient } from './ads-client';
import { fileOf, mapping, writeMappings } from './mappings';
import { ServeProcess } from './serve-process';

const PER_FILE = 100;
const COLD_RUNS = 3;
const CHANGES = 15;
/** How long a change waits on purpose: quiet for 100 ms, and once more to see that the file has stopped changing. */
const DEBOUNCE_MS = 200;
const STAGES = ['read', 'decode', 'validate', 'build', 'translate', 'encode', 'push'];

interface Row {
  readonly what: string;
  readonly measured: number;
  readonly goal: number;
  readonly unit: string;
}

async function main(): Promise<void> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: join(__dirname, '..'), stdio: 'inherit' });
  const small = await coldStarts(1_000);
  const large = await changes(10_000);
  const rows: Row[] = [
    { what: 'cold start to everything received, 1,000 Mappings', measured: small.total, goal: 1500, unit: 'ms' },
    {
      what: 'one Mapping of 10,000 changed, to new bytes received (debounce excluded)',
      measured: large.change,
      goal: 100,
      unit: 'ms',
    },
    { what: 'resident memory, 10,000 Mappings', measured: large.resident, goal: 500, unit: 'MB' },
  ];
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`\nNode ${process.version}, ${cpus().length} cores; medians of ${COLD_RUNS} starts and ${CHANGES} changes\n`);
  print(`${'what'.padEnd(76)}${'measured'.padStart(10)}${'goal'.padStart(10)}`);
  for (const { what, measured, goal, unit } of rows)
    print(
      `${what.padEnd(76)}${`${Math.round(measured)} ${unit}`.padStart(10)}${`≤ ${goal} ${unit}`.padStart(10)}  ${measured <= goal ? 'held' : 'MISSED'}`,
    );
  print(`\n${'stage (ms)'.padEnd(22)}${STAGES.map((stage) => stage.padStart(11)).join('')}`);
  for (const [name, stages] of [
    ['cold, 1,000', small.stages],
    ['cold, 10,000', large.cold],
    ['change of 10,000', large.stages],
  ] as const)
    print(name.padEnd(22) + STAGES.map((stage) => String(Math.round(stages[stage] ?? 0)).padStart(11)).join(''));
}

async function coldStarts(mappings: number) {
  return await inDirectory(mappings, async (directory) => {
    const totals: number[] = [];
    const stages: Readonly<Record<string, number>>[] = [];
    for (let run = 0; run < COLD_RUNS; run += 1) {
      const start = performance.now();
      const server = await ServeProcess.start(directory);
      const client = new AdsClient(server.xdsPort);
      await complete(client, mappings);
      totals.push(performance.now() - start);
      stages.push(server.published[0]?.milliseconds ?? {});
      client.close();
      await server.stop();
    }
    return { total: median(totals), stages: medians(stages) };
  });
}

async function changes(mappings: number) {
  return await inDirectory(mappings, async (directory) => {
    const server = await ServeProcess.start(directory);
    const client = new AdsClient(server.xdsPort);
    await complete(client, mappings);
    const times: number[] = [];
    for (let change = 0; change < CHANGES; change += 1) {
      const index = (change * 613 + 17) % mappings;
      const file = fileOf(directory, index, PER_FILE);
      const documents = readFileSync(file, 'utf8').split('---\n');
      documents[index % PER_FILE] = mapping(index, 6000 + change);
      const text = documents.join('---\n');
      const both = reached(client, 'routes', (client.counts.get('routes') ?? 0) + 2);
      const start = performance.now();
      writeFileSync(file, text);
      await both;
      times.push(client.arrivedAt - start - DEBOUNCE_MS);
    }
    const resident = server.residentMegabytes();
    client.close();
    await server.stop();
    const [cold = {}, ...rest] = server.published.map(({ milliseconds = {} }) => milliseconds);
    return { change: median(times), resident, cold, stages: medians(rest) };
  });
}

/** Everything is there: each Mapping’s cluster, and the RouteConfigurations of both default Listeners. */
async function complete(client: AdsClient, mappings: number): Promise<void> {
  await reached(client, 'clusters', mappings);
  await reached(client, 'routes', 2);
}

/** Waits until so many resources of a type have been received in all. */
async function reached(client: AdsClient, type: ResourceType, count: number): Promise<void> {
  while ((client.counts.get(type) ?? 0) < count) await once(client, 'received');
}

async function inDirectory<T>(mappings: number, run: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    writeMappings(directory, { mappings, perFile: PER_FILE });
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function medians(runs: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  return Object.fromEntries(STAGES.map((stage) => [stage, median(runs.map((run) => run[stage] ?? 0))]));
}

void main();
