import { type Field, fieldsOf } from '../../src/model/fields';
import { decode } from '../../src/model/decode';
import { type AnyDefinition, type Decoded, keyOf, subjectOf } from '../../src/model/definition';
import { KIND_MODELS, KINDS, type Kind } from '../../src/model/kinds';
import { fixtureDocuments } from '../support/fixture-documents';
import { type BuiltGroup, buildGroups } from '../support/fixture-ir';
import { withoutField } from '../support/without-field';

/** Fields without an effect of their own in the IR, and why they are fields nevertheless. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'Host tls.sni': 'only checked: it is about upstreams (CS4021)',
  'Host tls.verify.trust': 'only checked: it is about upstreams (CS4021)',
  'ConsulResolver address': 'how and what Consul is asked (expansion/consul-demands)',
  'ConsulResolver datacenter': 'how and what Consul is asked (expansion/consul-demands)',
  'ConsulResolver namespace': 'how and what Consul is asked (expansion/consul-demands)',
  'ConsulResolver tags': 'how and what Consul is asked (expansion/consul-demands)',
  'ConsulResolver token': 'how and what Consul is asked (expansion/consul-demands)',
  'ConsulResolver token_file': 'how and what Consul is asked (expansion/consul-demands)',
  'ConsulResolver ca': 'how and what Consul is asked (expansion/consul-demands)',
  'ReferenceGrant to[].name': 'only checked: whether a reference is granted (CS3003, CS3005)',
  'Module config.regex_max_size': 'only checked: a Mapping with a larger expression is quarantined (CS5002)',
  'AuthService protocol_version': 'v3 is the only one there is',
  'RateLimitService protocol_version': 'v3 is the only one there is',
  'LogService protocol_version': 'v3 is the only one there is',
  'LogService grpc': 'only checked: there is nothing but gRPC (CS5057)',
  'Mapping labels.<name>[].<name>[].request_headers.omit_if_not_present': 'only checked (CS5058)',
  'Module config.default_labels.<name>.defaults[].request_headers.omit_if_not_present': 'only checked (CS5058)',
};

/** Fields that no fixture shows at work yet. Must become empty. */
const UNSHOWN: readonly string[] = [];

/** Required fields can't be left out, what holds others has no effect of its own, and `ambassador_id` divides node groups. */
function mayMatter({ path, required, container }: Field): boolean {
  return !required && !container && path !== 'ambassador_id';
}

/** Whether the IR is another one without the field, in a definition that is in service with it. */
function matters(
  fixture: readonly Decoded[],
  before: readonly BuiltGroup[],
  definition: AnyDefinition,
  path: string,
): boolean {
  const key = keyOf(subjectOf(definition));
  return withoutField(definition.spec, path).some((spec) => {
    // Another spec of the same kind.
    const changed = { ...definition, spec } as AnyDefinition;
    const after = buildGroups(
      fixture.map((entry) => (entry.definition === definition ? { ...entry, definition: changed } : entry)),
    );
    return before.some(({ ir, quarantined }, index) => ir !== after[index]?.ir && !quarantined.includes(key));
  });
}

async function fieldsWithoutEffect(): Promise<ReadonlySet<string>> {
  const open = new Map<Kind, Set<string>>(
    KINDS.filter((kind) => kind !== 'Secret').map((kind) => [
      kind,
      new Set(
        fieldsOf(KIND_MODELS[kind])
          .filter(mayMatter)
          .map(({ path }) => path),
      ),
    ]),
  );
  for (const documents of (await fixtureDocuments()).values()) {
    const fixture = documents.map(decode);
    const before = buildGroups(fixture);
    for (const { definition } of fixture) {
      const paths = (definition && open.get(definition.kind)) ?? new Set();
      for (const path of paths)
        if (definition !== undefined && matters(fixture, before, definition, path)) paths.delete(path);
    }
  }
  return new Set([...open].flatMap(([kind, paths]) => [...paths].map((path) => `${kind} ${path}`)));
}

const withoutEffect = fieldsWithoutEffect();

test.each(KINDS)('every optional field of %s makes a difference to the IR of some fixture', async (kind) => {
  const found = [...(await withoutEffect)].filter((field) => field.startsWith(`${kind} `));
  expect(found.filter((field) => !UNSHOWN.includes(field) && !(field in WITHOUT_EFFECT))).toEqual([]);
});

test('fields count as unshown or without effect only while they are', async () => {
  const found = await withoutEffect;
  expect(Object.keys(WITHOUT_EFFECT).filter((field) => !found.has(field))).toEqual([]);
});
