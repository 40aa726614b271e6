import fc from 'fast-check';
import { enclose, FRESH_BYTES, open } from '../../src/state';

const KEY = Buffer.alloc(32, 7);
const FRESH = Buffer.from(Array.from({ length: FRESH_BYTES }, (_none, index) => index));
const scope = 'these paths';
const BODY = Buffer.from('{"what":"is last good"}');

test.each([undefined, KEY])('what was enclosed is opened, with and without a key', (key) => {
  expect(open(enclose(BODY, { key, scope }, FRESH), { key, scope })).toEqual({ body: BODY });
});

test('what is sealed does not show, and is never sealed twice alike', () => {
  const sealed = enclose(BODY, { key: KEY, scope }, FRESH);
  const again = enclose(BODY, { key: KEY, scope }, Buffer.alloc(FRESH_BYTES, 1));
  expect(sealed.includes(BODY)).toBe(false);
  expect(sealed.subarray(-20).equals(again.subarray(-20))).toBe(false);
});

test.each([undefined, KEY])('whatever bit is changed and wherever it is cut, it is refused', (key) => {
  const whole = enclose(BODY, { key, scope }, FRESH);
  for (let length = 0; length < whole.length; length += 1)
    expect(open(whole.subarray(0, length), { key, scope })).toHaveProperty('problem');
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const changed = Buffer.from(whole);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(open(changed, { key, scope })).toHaveProperty('problem');
  }
});

test('a sealed one is bound to its key, its version and its paths; a line that was changed opens nothing', () => {
  const sealed = enclose(BODY, { key: KEY, scope }, FRESH);
  const refused = (bytes: Buffer, key: Buffer | undefined, of = scope) => {
    const opened = open(bytes, { key, scope: of });
    return 'problem' in opened ? opened.problem : 'opened';
  };
  expect(refused(sealed, Buffer.alloc(32, 8))).toBe('it is damaged, or sealed with another key');
  expect(refused(sealed, undefined)).toBe('it is sealed, and there is no --state-key');
  expect(refused(enclose(BODY, { key: undefined, scope }, FRESH), KEY)).toBe(
    'it is not sealed, though there is a --state-key',
  );
  expect(refused(sealed, KEY, 'others')).toBe('it is of a control plane that reads other paths');
  const altered = (from: string, to: string) => Buffer.from(sealed.toString('latin1').replace(from, to), 'latin1');
  expect(refused(altered('"version":1', '"version":2'), KEY)).toBe('its format is version 2, and 1 is read');
  expect(refused(altered('these paths', 'other paths'), KEY, 'other paths')).toBe(
    'it is damaged, or sealed with another key',
  );
});

test('no bytes whatever make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, keyed) => {
      const key = keyed ? KEY : undefined;
      expect(open(Buffer.from(bytes), { key, scope })).toHaveProperty('problem');
    }),
  );
});
