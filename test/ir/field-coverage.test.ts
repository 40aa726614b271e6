import { type Field, fieldsOf } from '../../scripts/docs/fields';
import { buildIr } from '../../src/ir/build';
import { decode } from '../../src/model/decode';
import type { AnyDefinition } from '../../src/model/definition';
import { Definitions } from '../../src/model/definitions';
import type { Document } from '../../src/model/document';
import { KIND_MODELS, KINDS, type Kind } from '../../src/model/kinds';
import { withDefaults } from '../../src/resolution/defaults';
import { DEFAULT_POLICY as policy } from '../../src/resolution/policy';
import { accept } from '../../src/validation/accept';
import { validate } from '../../src/validation/validate';
import { fixtureDocuments } from '../support/fixture-documents';
import { ReadRecorder, type Reads, recorded } from '../support/recorded-reads';

/** The moment as of which all fixtures are judged. */
const AT = new Date('2026-06-15T12:00:00Z');

/** Fields that mean something before the IR is built, and where. */
const READ_BEFORE: readonly (readonly [field: RegExp, where: string])[] = [
  [/^\w+ ambassador_id$/, 'decoding turns it into `Definition.ambassadorIds`, which divides node groups'],
  [/^Secret (?:type|data|stringData)$/, 'decoding turns the document into a SecretSpec'],
  [/^TLSContext hosts$/, 'only checked: the Host that names the context must be among them (CS4016)'],
];

/** Fields that nothing reads yet. Must become empty. */
const UNREAD: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  Host: [
    'selector.matchLabels',
    'tls.sni',
    'tls.verify.subject_alt_names[].suffix',
    'tls.verify.subject_alt_names[].regex',
    'tls.verify.trust',
  ],
};

/**
 * Builds the IR of each fixture's node groups from definitions whose reads are noted. Validation goes first, with the
 * definitions as they are: what only a check looks at is not what Envoy gets.
 */
function readsOf(fixtures: Iterable<readonly Document[]>): Reads {
  const recorder = new ReadRecorder();
  for (const documents of fixtures) {
    const { definitions, quarantine: accepted } = accept(documents.map(decode), new Map(), AT);
    const all = Definitions.from(definitions);
    for (const group of all.groups()) {
      const quarantine = accepted.copy();
      const own = withDefaults(all.forGroup(group), quarantine);
      validate(own, quarantine, policy, AT);
      // What a Definitions holds is of one kind each, which is what the union says and TypeScript can't see.
      const wrapped = Definitions.from(own.all.map((definition) => recorder.wrap(definition as AnyDefinition)));
      buildIr({ definitions: wrapped, quarantine, policy });
    }
  }
  return recorder.reads;
}

const reads = fixtureDocuments().then((fixtures) => readsOf(fixtures.values()));

async function unreadOf(kind: Kind): Promise<readonly string[]> {
  const read = (await reads).get(kind) ?? new Set();
  return fieldsOf(KIND_MODELS[kind])
    .map(({ path }: Field) => path)
    .filter((path) => !read.has(path) && !READ_BEFORE.some(([field]) => field.test(`${kind} ${path}`)));
}

test.each(KINDS)('every field of %s is read while the IR of some fixture is built', async (kind) => {
  expect(await unreadOf(kind)).toEqual(UNREAD[kind] ?? []);
});

describe('the recorder', () => {
  const text = { type: 'string' };
  const schema = {
    type: 'object',
    properties: {
      direct: text,
      dummy: text,
      list: { type: 'array', items: { type: 'object', properties: { inList: text, unread: text } } },
      map: {
        type: 'object',
        patternProperties: { '^': { anyOf: [text, { type: 'object', properties: { value: text } }] } },
      },
    },
  };
  const value = { direct: 'a', dummy: 'b', list: [{ inList: 'c', unread: 'd' }], map: { x: { value: 'e' }, y: 'f' } };
  const readBy = (use: (spec: typeof value) => unknown): readonly string[] => {
    const found = new Set<string>();
    use(recorded(value, schema, '', (path) => found.add(path)));
    return [...found];
  };

  test('notes fields that are read by name, wherever they are', () => {
    expect(readBy(({ direct }) => direct)).toEqual(['direct']);
    expect(readBy((spec) => spec.list.map(({ inList }) => inList))).toEqual(['list', 'list[].inList']);
    expect(readBy((spec) => Object.values(spec.map).map((entry) => typeof entry === 'object' && entry.value))).toEqual([
      'map',
      'map.<name>.value',
    ]);
  });

  test('does not take it for reading when all fields are gone through', () => {
    expect(readBy((spec) => JSON.stringify(spec))).toEqual([]);
    expect(readBy((spec) => ({ ...spec }))).toEqual([]);
    expect(readBy((spec) => Object.entries(spec))).toEqual([]);
    expect(readBy(({ direct, ...rest }) => [direct, rest.list])).toEqual(['direct']);
    expect(readBy((spec) => JSON.stringify(spec.list))).toEqual(['list']);
  });

  test('misses the dummy that nobody reads', () => {
    const found = readBy((spec) => [spec.direct, spec.list, spec.map]);
    expect(fieldsOf({ schema } as unknown as Parameters<typeof fieldsOf>[0]).map(({ path }) => path)).toContain(
      'dummy',
    );
    expect(found).not.toContain('dummy');
  });
});
