import { cpus } from 'node:os';
import type { Floor } from './floors';
import type { Case, Completed, Measured } from './run';

const MAX_STALL_MS = 100;
/** From so many streams on, one encoding for all must show. */
const MANY = 100;

const HEADS = [
  'streams × clusters',
  'protocol',
  'complete, s',
  'CPU, s',
  'peak MB',
  'a secret to all, p99 ms',
  'a cluster to all, p99 ms',
  'MB at the end',
  'longest stall, ms',
];

const timeOf = ({ complete }: Completed): number => complete.all / 1000;
const cpuOf = ({ cpuSeconds }: Completed): number => cpuSeconds;
const memoryOf = ({ afterComplete }: Completed): number => afterComplete.peakMegabytes;

/** The table, with what the peer and a bare program of Node needed after a slash, and the goals that were missed. */
export class Report {
  readonly #rows: string[][] = [];
  readonly #floors: string[] = [];
  readonly #missed: string[] = [];
  readonly #outOfReach: string[] = [];

  /** Goals that a bare program of Node misses too do not count: no server in TypeScript can hold them. */
  get missed(): boolean {
    return this.#missed.length > 0;
  }

  add({ protocol, streams, clusters }: Case, own: Measured, peer: Measured | undefined, bare: Completed): void {
    const pair = (of: (measured: Measured) => number) =>
      [own, peer].map((each) => (each === undefined ? '' : of(each).toFixed(0))).join(' / ');
    const three = (of: (completed: Completed) => number, digits = 0) =>
      [own, peer, bare].map((each) => (each === undefined ? '' : of(each).toFixed(digits))).join(' / ');
    const name = `${streams.toLocaleString('en')} × ${clusters.toLocaleString('en')}`;
    const row = [
      name,
      protocol,
      three(timeOf, 2),
      three(cpuOf, 2),
      three(memoryOf),
      pair(({ secretChanged }) => secretChanged.p99),
      pair(({ clusterChanged }) => clusterChanged.p99),
      pair(({ atEnd }) => atEnd.peakMegabytes),
      (own.stallMs ?? 0).toFixed(0),
    ];
    process.stderr.write(`${row.join(' | ')}\n`);
    this.#rows.push(row);
    const miss = (what: string, value: number, goal: number) => {
      if (value > goal) this.#missed.push(`${name} ${protocol}: ${what} ${value.toFixed(2)} > ${goal.toFixed(2)}`);
    };
    miss('stall in ms', own.stallMs ?? 0, MAX_STALL_MS);
    if (streams >= MANY) miss('p99 of a secret in ms', own.secretChanged.p99, 1_000);
    if (peer === undefined) return;
    // Ticks are 10 ms long: less can't be told apart.
    const share = streams >= MANY ? { time: 0.5, cost: 0.1 } : { time: 1.2, cost: 1.2 };
    const against = (what: string, of: (completed: Completed) => number, goal: number) => {
      if (of(own) <= goal || of(bare) <= goal) return miss(`${what} against the peer`, of(own), goal);
      const [needed, least] = [of(own).toFixed(2), of(bare).toFixed(2)];
      this.#outOfReach.push(
        `${name} ${protocol}: ${what} ${needed} > ${goal.toFixed(2)}, but bare Node needs ${least}`,
      );
    };
    against('seconds', timeOf, Math.max(timeOf(peer) * share.time, 0.02));
    if (streams < MANY) return;
    against('CPU seconds', cpuOf, cpuOf(peer) * share.cost);
    against('MB', memoryOf, memoryOf(peer) * share.cost);
  }

  addFloor({ what, measured, goal, unit }: Floor): void {
    const text = (value: number) => `${value.toFixed(unit === 's' ? 2 : 0)} ${unit}`;
    this.#floors.push(`| ${what} | ${text(measured)} | ${text(goal)} |`);
    process.stderr.write(`${this.#floors.at(-1)}\n`);
    if (measured > goal) this.#missed.push(`${what}: ${text(measured)} > ${text(goal)}`);
  }

  finish(): string {
    const lines = [HEADS, HEADS.map(() => '---'), ...this.#rows].map((cells) => `| ${cells.join(' | ')} |`);
    const goals = this.missed
      ? `\nMISSED:\n${this.#missed.map((each) => `- ${each}`).join('\n')}\n`
      : '\nAll goals held.\n';
    const unreachable = this.#outOfReach.map((each) => `- ${each}`).join('\n');
    const out =
      unreachable === '' ? '' : `\nOUT OF REACH, for a bare program of Node misses them too:\n${unreachable}\n`;
    const floors = ['| by itself | measured | at most |', '| --- | --- | --- |', ...this.#floors].join('\n');
    const machine = `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`;
    return `\n${machine}; ours / go-control-plane / bare Node\n\n${lines.join('\n')}\n\n${floors}\n${out}${goals}`;
  }
}
