import { LayoutMemo, itemsAt, sortedPositions } from '../../src/resolution/layout-memo';
import { ListMemo } from '../../src/resolution/list-memo';

interface Item {
  readonly name: string;
  readonly note?: string;
}

const items = (count: number): Item[] => Array.from({ length: count }, (_, index) => ({ name: `n${index}` }));

describe('ListMemo', () => {
  const owner = {};

  function memo() {
    const blocks = new ListMemo<Item, readonly string[]>();
    let computed = 0;
    const get = (list: readonly Item[], inputs: readonly unknown[] = []) => {
      const before = computed;
      const results = blocks.blocks(owner, inputs, list, (block) => {
        computed += block.length;
        return block.map(({ name }) => name);
      });
      return { names: results.flat(), computed: computed - before };
    };
    return get;
  }

  test('only the block of what changed is computed anew', () => {
    const get = memo();
    const list = items(1000);
    expect(get(list).computed).toBe(1000);
    expect(get([...list]).computed).toBe(0);
    const changed = list.with(500, { name: 'other' });
    const { names, computed } = get(changed);
    expect(computed).toBeLessThan(100);
    expect(names).toEqual(changed.map(({ name }) => name));
  });

  test('other inputs, shorter and longer lists', () => {
    const get = memo();
    const list = items(200);
    get(list, [1]);
    expect(get([...list], [2]).computed).toBe(200);
    for (const length of [199, 130, 128, 129, 0, 200, 127]) {
      const part = list.slice(0, length);
      expect(get(part, [2]).names).toEqual(part.map(({ name }) => name));
    }
  });
});

describe('LayoutMemo', () => {
  test('lends a layout to what is equal in it, and to nothing else', () => {
    const orders = new LayoutMemo<Item, readonly number[]>((a, b) => a.name === b.name);
    const owner = {};
    let computed = 0;
    const sorted = (list: readonly Item[]) => {
      const order = orders.get(owner, [], list, () => {
        computed += 1;
        return sortedPositions(
          list,
          ({ name }) => name,
          (a, b) => (a < b ? -1 : a > b ? 1 : 0),
        );
      });
      return itemsAt(order, list).map(({ name, note }) => note ?? name);
    };
    const list = [{ name: 'b' }, { name: 'c' }, { name: 'a' }, { name: 'b', note: 'of one name the first counts' }];
    expect(sorted(list)).toEqual(['a', 'b', 'c']);
    expect(sorted(list.with(1, { name: 'c', note: 'changed' }))).toEqual(['a', 'b', 'changed']);
    expect(computed).toBe(1);
    expect(sorted(list.with(1, { name: '0' }))).toEqual(['0', 'a', 'b']);
    expect(sorted(list.slice(0, 2))).toEqual(['b', 'c']);
    expect(computed).toBe(3);
  });
});
