import { EMPTY_SET } from '../../src/snapshot/resource-set';
import type { Snapshot } from '../../src/snapshot/snapshot';
import { SnapshotStore } from '../../src/snapshot/store';

function empty(group: string): Snapshot {
  const types = {
    clusters: EMPTY_SET,
    endpoints: EMPTY_SET,
    secrets: EMPTY_SET,
    listeners: EMPTY_SET,
    routes: EMPTY_SET,
  };
  return { group, types };
}

test('a snapshot that is already there wakes nobody', () => {
  const store = new SnapshotStore();
  const seen: Snapshot[] = [];
  store.subscribe((snapshot) => seen.push(snapshot));
  const one = empty('default');
  store.set(one);
  store.set(one);
  expect(seen).toEqual([one]);
});

test('snapshots that are published together are all in place before anybody is told', () => {
  const store = new SnapshotStore();
  const seen: (readonly string[])[] = [];
  store.subscribe(() => seen.push(store.groups()));
  store.set(empty('default'), empty('edge'));
  expect(seen).toEqual([
    ['default', 'edge'],
    ['default', 'edge'],
  ]);
  expect(store.has('edge')).toBe(true);
  expect(store.get('none')).toBeUndefined();
});

test('who unsubscribed is not told', () => {
  const store = new SnapshotStore();
  let calls = 0;
  const unsubscribe = store.subscribe(() => (calls += 1));
  store.set(empty('default'));
  unsubscribe();
  store.set(empty('default'));
  expect(calls).toBe(1);
});
