import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHANGES, type CompileRun, MAPPINGS, type Measured } from './compile-run';

const ROOT = join(__dirname, '..');
const RUNS = 5;
const STAGES = ['decode', 'validate', 'build', 'translate', 'encode'] as const;
/** Emissary’s own compiler on the same Mappings, in milliseconds, measured once on this kind of machine. */
const EMISSARY = { cold: 6_900, change: 3_800 };

interface Row {
  readonly what: string;
  readonly measured: Measured;
  readonly goalMs?: number;
  readonly emissaryMs?: number;
}

/** From parsed documents to encoded bytes, in fresh processes; bundled, as it is shipped. */
async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    const program = join(directory, 'compile-process.cjs');
    const entryPoints = [join(__dirname, 'compile-process.ts')];
    const { bundle } = await import('../scripts/bundle.mjs');
    await bundle({ entryPoints, outfile: program, legalComments: 'none' });
    const run = (...args: string[]): CompileRun =>
      JSON.parse(execFileSync(process.execPath, [program, ...args], { cwd: ROOT, encoding: 'utf8' })) as CompileRun;
    const cold = Array.from({ length: RUNS }, () => run());
    const prepared = Array.from({ length: RUNS }, () => run('prepared'));
    print([
      {
        what: `cold, ${MAPPINGS} Mappings`,
        measured: median(cold.map((each) => each.cold)),
        goalMs: 500,
        emissaryMs: EMISSARY.cold,
      },
      { what: 'cold, schemas and descriptors loaded before', measured: median(prepared.map((each) => each.cold)) },
      {
        what: 'one Mapping changed',
        measured: median(cold.flatMap(({ changes }) => changes)),
        goalMs: 40,
        emissaryMs: EMISSARY.change,
      },
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function print(rows: readonly Row[]): void {
  const cell = (value: number | undefined, before = '') =>
    (value === undefined ? '' : `${before}${value < 100 ? value.toFixed(1) : Math.round(value)}`).padStart(10);
  const line = (...cells: readonly string[]) => process.stdout.write(`${cells.join('')}\n`);
  line(`\nDocuments to bytes (ms). Node ${process.version}, ${cpus().length} cores;`);
  line(`medians of ${RUNS} fresh processes, and of ${CHANGES} changes in each\n`);
  const heads = ['wall', 'CPU', 'goal', 'Emissary', ...STAGES, 'rest'];
  line('what'.padEnd(46), ...heads.map((head) => head.padStart(10)));
  for (const { what, measured, goalMs, emissaryMs } of rows) {
    const { wallMs, cpuMs, stages } = measured;
    const times = STAGES.map((stage) => stages[stage] ?? 0);
    const rest = wallMs - times.reduce((sum, time) => sum + time, 0);
    line(
      what.padEnd(46),
      ...[
        cell(wallMs),
        cell(cpuMs),
        cell(goalMs, '≤ '),
        cell(emissaryMs),
        ...[...times, rest].map((time) => cell(time)),
      ],
      goalMs === undefined ? '' : wallMs <= goalMs ? '  held' : '  MISSED',
    );
  }
}

/** The run in the middle, as a whole, so that its stages add up. */
function median(runs: readonly Measured[]): Measured {
  const middle = runs.toSorted((a, b) => a.wallMs - b.wallMs)[Math.floor(runs.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

void main();
