import { tcpShares } from '../../src/ir/tcp-weights';
import { definition } from '../support/decoded';

const group = (...weights: readonly (number | undefined)[]) =>
  weights.map((weight) => definition('TCPMapping', { port: 1, service: 'x', ...(weight !== undefined && { weight }) }));

// Emissary's own compiler makes 50 and 100 of two halves.
test.each([
  ['the only one', [undefined], [100]],
  ['the only one, whatever its weight', [0], [100]],
  ['two halves', [50, 50], [50, 50]],
  ['a tenth and the rest', [10, undefined], [10, 90]],
  ['none of them said', [undefined, undefined, undefined], [33, 33, 34]],
  ['nothing left', [100, undefined], [100]],
  ['nothing for one', [0, undefined], [100]],
  ['less than everything', [20, 20], [20, 20]],
  ['nothing for anybody', [0, 0], []],
])('%s: %j', (_what, weights, shares) => {
  expect(tcpShares(group(...weights)).map(({ weight }) => weight)).toEqual(shares);
});
