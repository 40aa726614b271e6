import { type Item, isWithin, lifeOf, parseThreshold, type Threshold } from '../../src/inventory';
import { readSecret } from './support/read-secret';

const at = (date: string) => new Date(`${date}T00:00:00Z`);
const certificate = (name: string): Item => readSecret(name, 'certificate');

test('days left and the share of the life that is used', () => {
  // 2020 to 2120: 36,524 days.
  const life = lifeOf(certificate('server-rsa'), at('2070-01-01'));
  expect(life.daysLeft).toBe(18261);
  expect(life.used).toBeCloseTo((18263 / 36524) * 100, 6);
});

test('an expired one has less than nothing left, and no more to use', () => {
  const { daysLeft, used } = lifeOf(certificate('cs2011-expired'), at('2021-01-11'));
  expect([daysLeft, used]).toEqual([-10, 100]);
});

test('a bundle lasts as long as the last of its CAs, revocation lists until the first is stale', () => {
  expect(lifeOf(readSecret('cs2018-expired-ca', 'ca'), at('2026-01-01')).notAfter).toEqual(at('2120-01-01'));
  expect(lifeOf(readSecret('cs2024-stale-crl', 'crl'), at('2026-01-01')).notAfter).toEqual(at('2021-01-01'));
});

test.each<[string, Threshold | undefined]>([
  ['20%', { percentLeft: 20 }],
  ['30d', { daysLeft: 30 }],
  ['0d', { daysLeft: 0 }],
  ['101%', undefined],
  ['30', undefined],
  ['-3d', undefined],
  ['3w', undefined],
  ['', undefined],
])('the threshold %j', (text, expected) => expect(parseThreshold(text)).toEqual(expected));

test.each<[string, Threshold, string, boolean]>([
  ['a fifth of a century', { percentLeft: 20 }, '2099-12-31', false],
  ['a fifth of a century', { percentLeft: 20 }, '2100-01-02', true],
  ['30 days', { daysLeft: 30 }, '2119-12-01', false],
  ['30 days', { daysLeft: 30 }, '2119-12-02', true],
  ['no per cent, when it is over', { percentLeft: 0 }, '2121-01-01', true],
])('less than %s left (%j) on %s: %s', (_what, threshold, date, expected) =>
  expect(isWithin(lifeOf(certificate('server-rsa'), at(date)), threshold)).toBe(expected),
);
