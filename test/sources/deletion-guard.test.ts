import type { Document } from '../../src/model/document';
import { DeletionGuard } from '../../src/sources/deletion-guard';
import { readDocuments } from '../../src/sources/yaml/read-documents';

const mapping = (name: string, prefix = `/${name}/`) =>
  `kind: Mapping\nmetadata: {name: ${name}}\nspec: {prefix: ${prefix}}\n`;
const documents = (...texts: readonly string[]): readonly Document[] =>
  texts.flatMap((text, index) => readDocuments(`${index}.yaml`, Buffer.from(text)).documents);
const mappings = (count: number, from = 0) => Array.from({ length: count }, (_, index) => mapping(`m${from + index}`));
const prefixes = (of: readonly Document[]) =>
  of.map(({ value }) => (value as { spec: { prefix: string } }).spec.prefix).toSorted();

test('half may go at once, and a few always', () => {
  const guard = new DeletionGuard(0.5);
  expect(guard.judge(documents(...mappings(10)))?.documents).toHaveLength(10);
  expect(guard.judge(documents(...mappings(5)))).toMatchObject({ documents: { length: 5 }, diagnostics: [] });
  expect(guard.judge(documents(...mappings(1)))).toMatchObject({ documents: { length: 1 }, diagnostics: [] });
});

test('what is too much is held back, while what is new or changed goes through', () => {
  const guard = new DeletionGuard(0.5);
  guard.judge(documents(...mappings(10)));
  const guarded = guard.judge(documents(mapping('m0', '/changed/'), mapping('new')));
  expect(guarded?.documents).toHaveLength(11);
  expect(prefixes(guarded?.documents ?? [])).toEqual(
    ['/changed/', '/new/', ...Array.from({ length: 9 }, (_, index) => `/m${index + 1}/`)].toSorted(),
  );
  expect(guarded?.diagnostics).toEqual([
    expect.objectContaining({
      code: 'CS6002',
      message: expect.stringContaining('9 of 10 definitions are gone at once: Mapping default/m1'),
    }),
  ]);
});

test('it stays held back, and heals by itself', () => {
  const guard = new DeletionGuard(0.5);
  guard.judge(documents(...mappings(10)));
  guard.judge(documents());
  expect(guard.judge(documents())?.documents).toHaveLength(10);
  expect(guard.judge(documents(...mappings(10)))).toMatchObject({ documents: { length: 10 }, diagnostics: [] });
});

test('the deletion that was told of is let go by its token, and no larger one', () => {
  const guard = new DeletionGuard(0.5);
  guard.judge(documents(...mappings(10)));
  const token = guard.judge(documents(...mappings(2)))?.token ?? '';
  expect(guard.confirm('another')).toBe(false);
  expect(guard.confirm(token)).toBe(true);
  expect(guard.judge(documents(...mappings(1)))?.documents).toHaveLength(10);
  const larger = guard.judge(documents(...mappings(1)))?.token ?? '';
  expect(larger).not.toBe(token);
  expect(guard.confirm(token)).toBe(false);
  expect(guard.confirm(larger)).toBe(true);
  expect(guard.judge(documents(...mappings(1)))).toMatchObject({ documents: { length: 1 }, diagnostics: [] });
});

test('a confirmation counts once', () => {
  const guard = new DeletionGuard(0.5);
  guard.judge(documents(...mappings(10)));
  guard.confirm(guard.judge(documents())?.token ?? '');
  guard.judge(documents());
  guard.judge(documents(...mappings(10)));
  expect(guard.judge(documents())?.documents).toHaveLength(10);
});

test('a definition that moves to another file is not gone', () => {
  const guard = new DeletionGuard(0.5);
  guard.judge(documents(...mappings(10)));
  expect(guard.judge(documents(mappings(10).join('---\n')))).toMatchObject({
    documents: { length: 10 },
    diagnostics: [],
  });
});

test('rule 12: at the start, nothing at all is no configuration, unless that is allowed', () => {
  const guard = new DeletionGuard(0.5);
  expect(guard.judge([])).toBeUndefined();
  expect(guard.judge(documents(mapping('a')))?.documents).toHaveLength(1);
  expect(new DeletionGuard(1).judge([])).toEqual({ documents: [], diagnostics: [] });
});

test('what was in service before a restart counts as in service, but for a start with nothing', () => {
  const before = documents(...mappings(10));
  const guard = new DeletionGuard(0.5, before);
  const held = guard.judge(documents(...mappings(2)));
  expect(held?.documents).toHaveLength(10);
  expect(guard.inService).toHaveLength(10);
  expect(guard.confirm(held?.token ?? '')).toBe(true);
  expect(guard.judge(documents(...mappings(2)))).toMatchObject({ documents: { length: 2 }, diagnostics: [] });
  expect(new DeletionGuard(0.5, before).judge([])).toMatchObject({ documents: { length: 10 } });
  expect(new DeletionGuard(0.5, before.slice(0, 3)).judge([])).toBeUndefined();
});
