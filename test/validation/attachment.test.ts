import { text } from '../support/decoded';
import { judged } from './findings';

const host = (spec: object) => text('Host', spec, { name: 'shop' });
const SELECTOR = { mappingSelector: { matchLabels: { team: 'pay' } } };
const LABELS = 'give it the labels that the mappingSelector of Host "shop" asks for';

test.each([
  ['the name is served, the labels lack', { hostname: 'shop.test', ...SELECTOR }, LABELS],
  ['any name is served, the labels lack', { hostname: '*', ...SELECTOR }, LABELS],
  ['nobody serves the name', { hostname: 'other.test' }, 'set `hostname` to one that a Host serves, or "*"'],
])('CS5003 says what would help: %s', (_what, spec, fix) => {
  const mapping = text('Mapping', { hostname: 'shop.test', prefix: '/', service: 'x' });
  expect(judged([host(spec), mapping]).diagnostics.filter(({ code }) => code === 'CS5003')).toMatchObject([{ fix }]);
});
