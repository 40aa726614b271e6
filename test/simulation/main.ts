import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { irOf } from '../ir/build';
import { agreement, type Report } from './support/agreement';
import { configurations } from './support/configurations';

// `npm run simulate -- --runs 50000`: the agreement test at length. It prints what it did, and every disagreement.

/** Configurations that one Envoy serves, and requests to each. */
const AT_A_TIME = 28;
const REQUESTS_EACH = 150;
const SHOWN = 20;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '20000' },
      seed: { type: 'string', default: String(Date.now() % 1e9) },
    },
  });
  const [runs, firstSeed] = [Number(values.runs), Number(values.seed)];
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`seed ${firstSeed}`);
  const reports: Report[] = [];
  let [requests, groups] = [0, 0];
  for (let seed = firstSeed; requests < runs; seed += 1) {
    const texts = fc.sample(configurations, { seed, numRuns: AT_A_TIME });
    const report = await agreement(
      texts.map((each) => irOf(each)),
      { requests: Math.min(runs - requests, AT_A_TIME * REQUESTS_EACH), seed },
    );
    reports.push(report);
    requests += report.requests;
    groups += texts.length;
    for (const { configuration, ...disagreement } of report.disagreements.slice(0, SHOWN)) {
      print(`\nseed ${seed}, configuration ${configuration}: ${JSON.stringify(disagreement, null, 2)}`);
      print((texts[configuration] ?? []).filter((text) => !text.includes('kind: Secret')).join(''));
    }
    print(`${requests} requests, ${reports.reduce((sum, each) => sum + each.disagreements.length, 0)} disagreements`);
  }
  const disagreements = reports.reduce((sum, each) => sum + each.disagreements.length, 0);
  const kinds = [...new Set(reports.flatMap(({ outcomes }) => Object.keys(outcomes)))].toSorted();
  for (const kind of kinds) {
    const count = reports.reduce((sum, { outcomes }) => sum + (outcomes[kind] ?? 0), 0);
    print(`${String(count).padStart(8)}  ${kind}`);
  }
  print(`${requests} requests to ${groups} configurations, ${disagreements} disagreements`);
  return disagreements === 0 ? 0 : 1;
}

void main().then((code) => {
  process.exitCode = code;
});
