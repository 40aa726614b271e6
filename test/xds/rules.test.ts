import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

// docs/xds.md lists the rules of the protocol that Countersign holds itself to, and where each is tested: this keeps the list true.

const ROOT = join(__dirname, '../..');
const RULES = 24;
/** A test’s name, or one of several in a table. */
const NAMED = /['"`]rule (\d+): /g;

function testsByRule(): ReadonlyMap<number, readonly string[]> {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(ROOT, 'test', name));
  const found = new Map<number, Set<string>>();
  for (const file of files.toSorted()) {
    for (const [, rule] of readFileSync(file, 'utf8').matchAll(NAMED)) {
      const of = found.get(Number(rule)) ?? new Set<string>();
      found.set(Number(rule), of.add(relative(join(ROOT, 'test'), file).replace('.test.ts', '')));
    }
  }
  return new Map([...found].map(([rule, names]) => [rule, [...names]]));
}

test('every rule has a test that is named after it, and docs/xds.md says where', () => {
  const tests = testsByRule();
  const rows = readFileSync(join(ROOT, 'docs/xds.md'), 'utf8').matchAll(/^\| (\d+) \| .* \| ([^|]*) \|$/gm);
  const documented = new Map([...rows].map(([, rule, names = '']) => [Number(rule), names.split(', ')]));
  expect([...documented.keys()]).toEqual(Array.from({ length: RULES }, (_, index) => index + 1));
  for (const [rule, names] of documented) {
    const existing = (tests.get(rule) ?? []).map((name) => `\`${name}\``);
    expect({ rule, missing: names.filter((name) => !existing.includes(name)) }).toEqual({ rule, missing: [] });
  }
});
