import type { ApiObject } from '../../../src/sources/kubernetes/api-object';
import { absent, type Collection, emptyCollection, listed, watched } from '../../../src/sources/kubernetes/collection';
import { readWatchEvent } from '../../../src/sources/kubernetes/watch-event';

interface Entry {
  readonly text: string;
}

const object = (name: string, text: string, resourceVersion = '1'): ApiObject => ({
  metadata: { namespace: 'default', name, resourceVersion },
  text,
});
const entryOf = ({ text }: ApiObject, before: Entry | undefined): Entry =>
  before !== undefined && before.text === text ? before : { text: String(text) };
const list = (before: Collection<Entry>, version: string, ...objects: readonly ApiObject[]) =>
  listed(before, objects, version, entryOf);
const texts = ({ entries }: Collection<Entry>) => [...entries].map(([key, { text }]) => `${key} ${text}`);

const first = list(emptyCollection(), '5', object('a', 'one'), object('b', 'two'));

test('before the first list nothing is known', () => {
  expect(emptyCollection()).toMatchObject({ complete: false });
  expect(emptyCollection().resourceVersion).toBeUndefined();
});

test('a list is all there is, and says from where to watch', () => {
  expect(texts(first)).toEqual(['default/a one', 'default/b two']);
  expect(first).toMatchObject({ complete: true, resourceVersion: '5' });
});

test('listed again, what has not changed is the same entry, and if nothing has, the same map', () => {
  expect(list(first, '9', object('b', 'two', '8'), object('a', 'one')).entries).toBe(first.entries);
  const other = list(first, '9', object('a', 'one'), object('c', 'three'));
  expect(texts(other)).toEqual(['default/a one', 'default/c three']);
  expect(other.entries.get('default/a')).toBe(first.entries.get('default/a'));
});

describe('a watch', () => {
  const after = (...events: Parameters<typeof watched<Entry>>[1]) => watched(first, events, entryOf);

  test('adds, changes and deletes', () => {
    const next = after(
      { type: 'ADDED', object: object('c', 'three', '6') },
      { type: 'MODIFIED', object: object('a', 'changed', '7') },
      { type: 'DELETED', object: object('b', 'two', '8') },
    );
    expect(texts(next)).toEqual(['default/a changed', 'default/c three']);
    expect(next.resourceVersion).toBe('8');
    expect(texts(first)).toEqual(['default/a one', 'default/b two']);
  });

  test('that tells nothing new leaves the same map', () => {
    const next = after(
      { type: 'MODIFIED', object: object('a', 'one', '7') },
      { type: 'BOOKMARK', resourceVersion: '20' },
    );
    expect(next.entries).toBe(first.entries);
    expect(next.resourceVersion).toBe('20');
  });

  test('that ends with an error leaves what is known, and what came before it, to be listed anew', () => {
    const next = after(
      { type: 'MODIFIED', object: object('a', 'changed', '7') },
      { type: 'ERROR', code: 410, message: 'too old' },
    );
    expect(texts(next)).toEqual(['default/a changed', 'default/b two']);
    expect(next).toMatchObject({ complete: true });
    expect(next.resourceVersion).toBeUndefined();
  });
});

test('a collection that is not there is empty, and known to be', () => {
  expect(absent()).toEqual({ entries: new Map(), complete: true });
});

test.each([
  ['{"type":"ADDED","object":{"metadata":{"name":"a"}}}', { type: 'ADDED', object: { metadata: { name: 'a' } } }],
  ['{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"12"}}}', { type: 'BOOKMARK', resourceVersion: '12' }],
  ['{"type":"ERROR","object":{"code":410,"message":"too old"}}', { type: 'ERROR', code: 410, message: 'too old' }],
  ['{"type":"ADDED","object":{}}', undefined],
  ['{"type":"SOMETHING","object":{"metadata":{"name":"a"}}}', undefined],
])('the line %s', (line, event) => expect(readWatchEvent(line)).toEqual(event));

test('a line that was cut is none', () => expect(() => readWatchEvent('{"type":"ADD')).toThrow(SyntaxError));
