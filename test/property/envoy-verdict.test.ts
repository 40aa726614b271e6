import fc from 'fast-check';
import { configurations, generatedFrom } from './configurations';
import { judge, refusalOf, secondOpinion } from './verdicts';

// Whatever validates here is taken by Envoy: generated definitions of every kind, and `envoy --mode validate`. More of them with
// PROPERTY_RUNS, and others with PROPERTY_SEED.

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 60);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_125);
/** Of the definitions refused here, how many Envoy is asked about for each configuration. */
const ASKED = 1;

jest.setTimeout(RUNS * 10_000);

test('no definition that is accepted here is refused by Envoy', async () => {
  const count = { configurations: 0, accepted: 0, refused: 0, refusedByBoth: 0, refusedHereOnly: 0, unbuildable: 0 };
  await fc.assert(
    fc.asyncProperty(configurations(), async (configuration) => {
      const { compilation, accepted, refused } = judge(configuration);
      const ir = compilation.groups.get('default')?.ir;
      const refusal = ir && (await refusalOf(ir));
      if (refusal !== undefined)
        throw new Error(`${refusal}\n${configuration.map(({ text }) => text).join('\n---\n')}`);
      count.configurations += 1;
      count.accepted += accepted.length;
      count.refused += refused.length;
      for (const definition of refused.slice(0, ASKED)) {
        const opinion = await secondOpinion(definition);
        if (opinion === 'unbuildable') count.unbuildable += 1;
        else if (opinion === 'refused') count.refusedByBoth += 1;
        else count.refusedHereOnly += 1;
      }
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: process.env['PROPERTY_SHRINK'] === undefined },
  );
  process.stdout.write(
    `Envoy’s verdict, by definition: ${JSON.stringify(count)}; accepted here and refused by Envoy: 0\n`,
  );
  expect(count.accepted).toBeGreaterThan(count.configurations * 5);
  if (RUNS >= 50) expect(count.refusedByBoth).toBeGreaterThan(0);
});

test('Envoy is really asked: it refuses what would have been made of a bad expression', async () => {
  const text = JSON.stringify({
    apiVersion: 'getambassador.io/v3alpha1',
    kind: 'Mapping',
    metadata: { name: 'bad' },
    spec: { hostname: '*', prefix: '/(', prefix_regex: true, service: 'up' },
  });
  const bad = generatedFrom('bad.yaml', text);
  expect(judge([bad]).refused).toEqual([bad]);
  expect(await secondOpinion(bad)).toBe('refused');
});
