import fc from 'fast-check';
import { weighted } from '../../src/ir/route-weights';
import { definition } from '../support/decoded';

type Weight = number | undefined;

const group = (weights: readonly Weight[]) =>
  weights.map((weight, index) =>
    definition(
      'Mapping',
      { prefix: '/', service: 'x', ...(weight !== undefined && { weight }) },
      { name: `m${index}` },
    ),
  );

/**
 * How many of 100 requests each Mapping gets, `rest` going on to later routes: Envoy draws a number from 0 to 99 for a request, and a
 * route takes it if the number is below its percentage.
 */
function shares(weights: readonly Weight[]): Readonly<Record<string, number>> {
  const routes = weighted(group(weights));
  const counts: Record<string, number> = {};
  for (let draw = 0; draw < 100; draw += 1) {
    const taker = routes.find(({ percentage }) => percentage === undefined || draw < percentage);
    const name = taker?.mapping.metadata.name ?? 'rest';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test.each<[readonly Weight[], Readonly<Record<string, number>>]>([
  [[undefined], { m0: 100 }],
  [[30], { m0: 100 }],
  [[0], { m0: 100 }],
  [[30, 70], { m0: 30, m1: 70 }],
  [[30, undefined], { m0: 30, m1: 70 }],
  [[undefined, 30], { m0: 70, m1: 30 }],
  [[undefined, undefined], { m0: 50, m1: 50 }],
  [[undefined, undefined, undefined], { m0: 33, m1: 33, m2: 34 }],
  [[10, undefined, 20, undefined], { m0: 10, m1: 35, m2: 20, m3: 35 }],
  [[10, 20], { m0: 10, m1: 20, rest: 70 }],
  [[0, undefined], { m1: 100 }],
  [[0, 40], { m1: 40, rest: 60 }],
  [[100, undefined], { m0: 100 }],
])('%j', (weights, expected) => expect(shares(weights)).toEqual(expected));

test('each explicit weight is exactly its share, and nothing is left over where one has no weight', () => {
  const weights = fc.array(fc.option(fc.integer({ min: 0, max: 25 }), { nil: undefined }), {
    minLength: 2,
    maxLength: 4,
  });
  fc.assert(
    fc.property(weights, (list) => {
      const counts = shares(list);
      list.forEach((weight, index) => {
        if (weight !== undefined) expect(counts[`m${index}`] ?? 0).toBe(weight);
      });
      if (list.includes(undefined)) expect(counts['rest']).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});
