import * as fc from 'fast-check';
import { irOf } from '../ir/build';
import { fixtureCases } from '../support/fixture-case';
import { agreement } from './support/agreement';
import { configurations } from './support/configurations';
import { compiled } from './support/fixture-irs';
import { requestsOf } from './support/fixture-requests';

// The simulation against a real Envoy: what comes of every request must be what was foretold. `npm run simulate` does more of it.

const SEED = 20_260_615;

test('generated requests to generated configurations come to what the simulation says', async () => {
  const irs = fc.sample(configurations, { seed: SEED, numRuns: 36 }).map((texts) => irOf(texts));
  const report = await agreement(irs, { requests: 5_000, seed: SEED });
  expect(report.disagreements).toEqual([]);
  expect(report.requests).toBeGreaterThanOrEqual(5_000);
  expect(Object.keys(report.outcomes)).toEqual(
    expect.arrayContaining([
      'answered: forwarded',
      'answered: divided by weight',
      'answered: redirected',
      'answered: 404 no_route',
      'answered: 421 direct_response',
      'answered: 503 direct_response',
      'closed: blocked',
      'closed: no_filter_chain',
      'handshake_failed: client_certificate_missing',
      'handshake_failed: client_certificate_refused',
    ]),
  );
}, 60_000);

test('so do requests to the fixtures, generated ones and those of their requests.yaml', async () => {
  const groups = [];
  // What files on Envoy's machine hold is not in the IR.
  const unknown = (name: string) => name.startsWith('codes/') || name === 'tls-files';
  for (const fixture of fixtureCases().filter(({ name }) => !unknown(name))) {
    for (const [group, { ir }] of await compiled(fixture)) groups.push({ ir, requests: requestsOf(fixture, group) });
  }
  const written = new Map(groups.map(({ requests }, place) => [place, requests.map(({ request }) => request)]));
  const report = await agreement(
    groups.map(({ ir }) => ir),
    { requests: 1_000, seed: SEED, written },
  );
  expect(report.disagreements).toEqual([]);
}, 60_000);
