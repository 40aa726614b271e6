import { type Acceptance, accept } from '../../src/validation/accept';
import { decoded, fixtureSecret, text } from '../support/decoded';

const AT = new Date('2026-06-15T12:00:00Z');
const SECRET = { kind: 'Secret', namespace: 'default', name: 'pair' };
const MAPPING = { kind: 'Mapping', namespace: 'default', name: 'it' };

const good = fixtureSecret('client-ec', 'pair');
const better = fixtureSecret('client-rsa', 'pair');
const mismatch = fixtureSecret('cs2004-mismatch', 'pair');
const expired = fixtureSecret('cs2011-expired', 'pair');
const notYet = fixtureSecret('cs2012-not-yet-valid', 'pair');

/** Accepts these texts, one after another, as the files of a source that change. */
function history(...states: readonly (readonly string[])[]): readonly Acceptance[] {
  const all: Acceptance[] = [];
  for (const state of states) all.push(accept(decoded(...state), all.at(-1)?.lastGood ?? new Map(), AT));
  return all;
}

const codes = (acceptance: Acceptance | undefined) =>
  acceptance?.diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
/** The certificates that are served: a Secret’s data compares equal to any other’s, since it shows nothing. */
const served = (acceptance: Acceptance | undefined) =>
  acceptance?.definitions.flatMap(({ kind, spec }) =>
    kind === 'Secret' && 'data' in spec ? String(spec.data.get('tls.crt') ?? spec.data.get('ca.crt')) : [],
  );

describe('a Secret that becomes bad', () => {
  test.each([
    ['mismatched', mismatch, 'CS2004'],
    ['expired', expired, 'CS2011'],
    ['not valid yet', notYet, 'CS2012'],
    ['undecodable', fixtureSecret('cs2005-undecodable', 'pair'), 'CS2005'],
    ['without its key', fixtureSecret('cs2002-no-private-key', 'pair'), 'CS2002'],
    ['not base64', text('Secret', { data: { 'tls.crt': '%' } }, { name: 'pair' }), 'CS1025'],
  ])('%s: the last good one stays, and the finding says so', (_what, bad, code) => {
    const [before, after] = history([good], [bad]);
    expect(codes(before)).toEqual([]);
    expect(codes(after)).toContain(code);
    expect(after?.definitions).toHaveLength(1);
    expect(after?.definitions[0]).toBe(before?.definitions[0]);
    expect(after?.quarantine.reason(SECRET)).toBeUndefined();
  });

  test('stays with the last good one through any number of bad ones, and follows the next good one', () => {
    const [first, , third, fourth, fifth] = history([good], [mismatch], [expired], [better], [mismatch]);
    expect(served(third)).toEqual(served(first));
    expect(codes(fourth)).toEqual([]);
    expect(served(fourth)).not.toEqual(served(first));
    expect(served(fifth)).toEqual(served(fourth));
  });

  test('is quarantined where there was never a good one', () => {
    const [only] = history([mismatch]);
    expect(only?.quarantine.reason(SECRET)?.code).toBe('CS2004');
    expect(only?.lastGood.size).toBe(0);
  });

  test('has no last good one any more once it was removed: what is gone is gone', () => {
    const [, removed, back] = history([good], [], [mismatch]);
    expect(removed?.definitions).toEqual([]);
    expect(back?.quarantine.reason(SECRET)?.code).toBe('CS2004');
  });

  test('does no harm to another one of the same file', () => {
    const [, after] = history(
      [`${good}---\n${fixtureSecret('ca', 'other')}`],
      [`${mismatch}---\n${fixtureSecret('ca2', 'other')}`],
    );
    const [first] = history([good]);
    const [second] = history([fixtureSecret('ca2', 'other')]);
    expect(served(after)).toEqual([...(served(first) ?? []), ...(served(second) ?? [])]);
  });
});

test('a certificate that expires while it is in use stays in use, with its finding', () => {
  const documents = decoded(fixtureSecret('cs2011-expired', 'pair'));
  const before = accept(documents, new Map(), new Date('2020-06-01T00:00:00Z'));
  const after = accept(documents, before.lastGood, AT);
  expect(codes(before)).toEqual([]);
  expect(codes(after)).toEqual(['CS2011']);
  expect(after.definitions[0]).toBe(before.definitions[0]);
  expect(after.quarantine.size).toBe(0);
  expect(accept(documents, after.lastGood, AT).definitions[0]).toBe(before.definitions[0]);
});

describe('a Mapping that becomes bad', () => {
  const mapping = (spec: object) => text('Mapping', { hostname: '*', prefix: '/', service: 'x', ...spec });

  test.each([
    ['by a rule', { service: 'tcp://x' }, 'CS5001'],
    ['by its schema', { timeout_ms: 'soon' }, 'CS1023'],
    ['by an unknown field', { retries: 3 }, 'CS1020'],
    ['so that its match cannot be read', { prefix: '(', prefix_regex: true }, 'CS5002'],
  ])('%s: its last good version stays', (_what, change, code) => {
    const [before, after] = history([mapping({})], [mapping(change)]);
    expect(codes(after)).toEqual([code]);
    expect(after?.definitions[0]).toBe(before?.definitions[0]);
    expect(after?.quarantine.size).toBe(0);
  });

  test('is quarantined without one, and keeps its match so that its requests fall through to nobody', () => {
    const [only] = history([mapping({ service: 'tcp://x' })]);
    expect(only?.quarantine.reason(MAPPING)?.code).toBe('CS5001');
    expect(only?.definitions).toHaveLength(1);
  });

  test.each([
    ['a regular expression', { prefix: '(', prefix_regex: true }],
    ['a hostname', { hostname: 'a..b' }],
    ['a regular expression for a header', { regex_headers: { a: '(' } }],
  ])('has no match to keep where Envoy would refuse %s', (_what, change) => {
    const [only] = history([mapping(change)]);
    expect(only?.quarantine.reason(MAPPING)).toBeDefined();
    expect(only?.definitions).toEqual([]);
  });

  test('a warning changes nothing', () => {
    const [only] = history([mapping({ service: 'x/path' })]);
    expect(only?.diagnostics.map(({ code }) => code)).toEqual(['CS5012']);
    expect(only?.quarantine.size).toBe(0);
    expect(only?.lastGood.size).toBe(1);
  });
});

test('of two definitions with one key, the last good version is that of the first, which counts', () => {
  const [, after] = history([good, better], [mismatch]);
  const [first] = history([good]);
  expect(served(after)).toEqual(served(first));
});

test('a definition that is gone leaves nothing behind', () => {
  const [before, after] = history([good, text('Mapping', { hostname: '*', prefix: '/', service: 'x' })], [good]);
  expect([...(before?.lastGood.keys() ?? [])]).toEqual(['Secret default/pair', 'Mapping default/it']);
  expect([...(after?.lastGood.keys() ?? [])]).toEqual(['Secret default/pair']);
});
