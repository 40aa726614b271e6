import { type Field, fieldsOf } from '../../src/model/fields';
import { decode } from '../../src/model/decode';
import type { Document } from '../../src/model/document';
import { KIND_MODELS, KINDS, type Kind } from '../../src/model/kinds';
import { fixtureDocuments } from '../support/fixture-documents';
import { buildGroups } from '../support/fixture-ir';
import { ReadRecorder, type Reads, recorded } from '../support/recorded-reads';

/** Fields that mean something before the IR is built, and where. */
const READ_BEFORE: readonly (readonly [field: RegExp, where: string])[] = [
  [/^\w+ ambassador_id$/, 'decoding turns it into `Definition.ambassadorIds`, which divides node groups'],
  [/^Secret (?:type|data|stringData)$/, 'decoding turns the document into a SecretSpec'],
  [/^(?:AuthService|RateLimitService|LogService) protocol_version$/, 'v3 is the only one there is'],
  [/^LogService grpc$/, 'only checked: there is nothing but gRPC (CS5057)'],
  [/labels\..*\.(?:remote_address|source_cluster|destination_cluster)\.key$/, 'the only value that the schema takes'],
  [/labels\..*\.omit_if_not_present$/, 'only checked: it has no effect (CS5058)'],
  [/^Host tls\.(?:sni|verify\.trust)$/, 'only checked: they are about upstreams (CS4021)'],
  [
    /^ConsulResolver /,
    'how and what Consul is asked, which becomes ConsulEndpoints and Secrets (expansion/consul-demands)',
  ],
  [/^ReferenceGrant /, 'only checked: whether a reference to another namespace is granted (CS3003, CS3005)'],
  [/^Module config\.regex_max_size$/, 'only checked: a Mapping with a larger expression is quarantined (CS5002)'],
  [/^TLSContext hosts$/, 'only checked: the Host that names the context must be among them (CS4016)'],
];

/** Fields that nothing reads yet. Must become empty. */
const UNREAD: Readonly<Partial<Record<Kind, readonly string[]>>> = {};

/** What is read while the IR of each fixture is built; what only a check looks at is not what Envoy gets. */
function readsOf(fixtures: Iterable<readonly Document[]>): Reads {
  const recorder = new ReadRecorder();
  for (const documents of fixtures) buildGroups(documents.map(decode), (definition) => recorder.wrap(definition));
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
  expect((await unreadOf(kind)).filter((path) => UNREAD[kind]?.includes(path) !== true)).toEqual([]);
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
