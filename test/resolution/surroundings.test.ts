import { Definitions } from '../../src/model/definitions';
import { surroundingsOf } from '../../src/resolution/surroundings';
import { definition, definitions, fixtureSecret, text } from '../support/decoded';

test('is the same for the same objects, whatever lists they stand in', () => {
  const [first, second] = ['one', 'two'].map((name) => definition('Host', { hostname: 'a.example.com' }, { name }));
  if (first === undefined || second === undefined) throw new Error('not two Hosts');
  const alone = Definitions.from([first]);
  expect(surroundingsOf(alone.with([second]))).toBe(surroundingsOf(Definitions.from([second, first])));
  expect(surroundingsOf(alone)).not.toBe(surroundingsOf(alone.with([second])));
});

test('does not look at Mappings', () => {
  const mapping = (prefix: string) => text('Mapping', { hostname: '*', prefix, service: 'a' });
  expect(surroundingsOf(definitions(mapping('/a/')))).toBe(surroundingsOf(definitions(mapping('/b/'))));
});

describe('of a Secret', () => {
  const withSecret = (fixture: string, name = 'pair') => surroundingsOf(definitions(fixtureSecret(fixture, name)));

  test('a rotated key pair makes no difference', () => {
    expect(withSecret('client-ec')).toBe(withSecret('client-rsa'));
  });

  test.each([
    ['its name', 'client-ec', 'other'],
    ['that it brings a CA along', 'client-ec-with-ca', 'pair'],
  ])('%s does', (_what, fixture, name) => {
    expect(withSecret('client-ec')).not.toBe(withSecret(fixture, name));
  });

  test('so does one more', () => {
    const both = surroundingsOf(definitions(fixtureSecret('client-ec', 'pair'), fixtureSecret('client-ec', 'two')));
    expect(both).not.toBe(withSecret('client-ec'));
  });
});
