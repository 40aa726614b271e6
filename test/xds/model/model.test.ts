import fc from 'fast-check';
import type { Trace } from './trace';
import { run, traces } from './trace';

// Random histories of publications, slow answers, refusals, reconnections and restarts, against clients that behave as Envoy does
// and an oracle that knows the protocol and not the server. Others, or more of them, with PROPERTY_SEED and PROPERTY_RUNS.

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 150);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_126);

test.each([
  ['delta', false],
  ['delta', true],
  ['sotw', false],
  ['sotw', true],
] as const)(
  '%s: every history ends in step, without zombies, stalls or repeated refusals (a stream for each type: %s)',
  (protocol, split) => {
    let [responses, refusals] = [0, 0];
    fc.assert(
      fc.property(traces(protocol, split), (trace: Trace) => {
        const oracle = run(trace);
        responses += oracle.responses;
        refusals += oracle.refusals;
      }),
      { numRuns: RUNS, seed: SEED },
    );
    process.stdout.write(`${RUNS} traces, ${responses} responses, ${refusals} of them refused\n`);
    expect(refusals).toBeGreaterThan(0);
  },
  3_600_000,
);
