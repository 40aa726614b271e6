import { definitions, text } from '../support/decoded';
import { mappingGroup, sharedMatches, ownOrShared, groupWide } from '../../src/resolution/mapping-group';
import { Quarantine } from '../../src/resolution/quarantine';
import { diagnostic } from '../../src/diagnostics/diagnostic';
import { subjectOf } from '../../src/model/definition';

const mapping = (name: string, spec: object = {}) =>
  text('Mapping', { hostname: '*', prefix: '/', service: name, ...spec }, { name });
const all = (...texts: readonly string[]) => {
  const found = definitions(...texts);
  return { found, sharers: [...sharedMatches(found).values()][0] ?? [] };
};
const names = (mappings: readonly { readonly metadata: { readonly name: string } }[] = []) =>
  mappings.map(({ metadata }) => metadata.name);

test('the greatest share leads, none said before all, and of equals the first', () => {
  const leader = (...texts: readonly string[]) =>
    mappingGroup(all(...texts).sharers, new Quarantine())?.leader.metadata.name;
  expect(leader(mapping('a', { weight: 10 }), mapping('b'))).toBe('b');
  expect(leader(mapping('a', { weight: 10 }), mapping('b', { weight: 90 }))).toBe('b');
  expect(leader(mapping('a'), mapping('b'))).toBe('a');
  expect(leader(mapping('a', { shadow: true }), mapping('b', { weight: 1 }))).toBe('b');
});

test('one Mapping is no group, nor are two shadows', () => {
  expect(mappingGroup(all(mapping('a')).sharers, new Quarantine())).toBeUndefined();
  expect(
    mappingGroup(all(mapping('a', { shadow: true }), mapping('b', { shadow: true })).sharers, new Quarantine()),
  ).toBeUndefined();
});

test('who is out of service lends nothing to the group, and a shadow so copies nothing', () => {
  const { sharers } = all(mapping('a'), mapping('b'), mapping('c', { shadow: true }));
  const quarantine = new Quarantine();
  expect(mappingGroup(sharers, quarantine)).toMatchObject({ shadow: { metadata: { name: 'c' } } });
  for (const out of [sharers[0], sharers[2]])
    quarantine.add({ diagnostic: diagnostic('CS3001', { message: '', subject: out && subjectOf(out) }) });
  const group = mappingGroup(sharers, quarantine);
  expect(names(group?.members)).toEqual(['b']);
  expect(group?.shadow).toBeUndefined();
});

test('the same object for as long as its members are the same', () => {
  const texts = [mapping('a'), mapping('b')];
  const { found, sharers } = all(...texts);
  const first = mappingGroup(sharers, new Quarantine());
  expect(mappingGroup([...sharedMatches(found.with([])).values()][0] ?? [], new Quarantine())).toBe(first);
});

test('a field of the whole group is the leader’s, one that is inherited the last that anybody wrote', () => {
  const { sharers } = all(
    mapping('a', { prefix_exact: true }),
    mapping('b', { weight: 5, retry_policy: { retry_on: '5xx' } }),
    mapping('c', { weight: 5, retry_policy: { retry_on: 'gateway-error' } }),
  );
  const group = mappingGroup(sharers, new Quarantine());
  const [a, b] = sharers;
  if (a === undefined || b === undefined) throw new Error('no group');
  expect(groupWide(b, group, 'prefix_exact')).toBe(true);
  expect(ownOrShared(a, group, 'retry_policy')?.retry_on).toBe('gateway-error');
  expect(ownOrShared(b, group, 'retry_policy')?.retry_on).toBe('5xx');
});
