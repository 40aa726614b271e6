import Ajv, { type ValidateFunction } from 'ajv';
import { decode } from '../../src/model/decode';
import type { Document } from '../../src/model/document';
import { combinedSchema } from '../../src/model/json-schema/combined-schema';
import { definitionSchema } from '../../src/model/json-schema/definition-schema';
import { DEPRECATION } from '../../src/model/json-schema/spec-schema';
import { KINDS, isKind } from '../../src/model/kinds';
import { fixtureDocuments } from '../support/fixture-documents';

function compiled(schema: object): ValidateFunction {
  return new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: false })
    .addVocabulary([DEPRECATION])
    .compile(schema);
}

const combined = compiled(combinedSchema());
const byKind = new Map(KINDS.map((kind) => [kind, compiled(definitionSchema(kind))]));

/** What only decoding knows: sizes, base64, private keys in the wrong place, how many definitions there are. */
const BEYOND_SCHEMAS = ['CS1003', 'CS1025', 'CS1027'];

interface Claim {
  readonly kind: string;
  readonly apiVersion: string;
}

const claimOf = (document: Document): Claim => ({ kind: '', apiVersion: '', ...(document.value as object) });

const readFixtures = fixtureDocuments().then((fixtures) => [...fixtures.values()].flat());

/** Whether a document is written otherwise than the schemas describe. */
const isOlder = (apiVersion: unknown) => ['getambassador.io/v2', 'getambassador.io/v1'].includes(String(apiVersion));

test('what decodes without an error is accepted by the schemas for editors', async () => {
  const sound = (await readFixtures).filter((document) => !decode(document).rejected);
  expect(sound.length).toBeGreaterThan(300);
  for (const document of sound) {
    const { kind, apiVersion } = claimOf(document);
    const verdict = (validate: ValidateFunction | undefined) => ({
      at: document.locate([]),
      ok: validate?.(document.value),
      errors: validate?.errors ?? null,
    });
    const accepted = { at: document.locate([]), ok: true, errors: null };
    if (kind !== '') expect(verdict(combined)).toEqual(accepted);
    if (isKind(kind) && !isOlder(apiVersion) && decode(document).definition !== undefined)
      expect(verdict(byKind.get(kind))).toEqual(accepted);
  }
});

test('what decoding refuses is refused by the schemas for editors', async () => {
  const refused = (await readFixtures).filter((document) => {
    // What stands in an annotation is text to an editor.
    if (document.madeFrom !== undefined) return false;
    const { rejected, diagnostics } = decode(document);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    return rejected && !errors.every(({ code }) => BEYOND_SCHEMAS.includes(code));
  });
  const current = refused.filter((document) => !isOlder(claimOf(document).apiVersion));
  expect(current.length).toBeGreaterThan(10);
  for (const document of current) {
    const { kind } = claimOf(document);
    const own = isKind(kind) ? byKind.get(kind) : undefined;
    const at = document.locate([]);
    const codes = decode(document).diagnostics.map(({ code }) => code);
    expect({ at, codes, combined: combined(document.value), own: own?.(document.value) ?? false }).toEqual({
      at,
      codes,
      combined: false,
      own: false,
    });
  }
});

test.each(['v2', 'v1'])('a %s document is not checked beyond its kind', (version) => {
  const of = (kind: string) => ({
    apiVersion: `getambassador.io/${version}`,
    kind,
    metadata: { name: 'a' },
    spec: { tls: true },
  });
  expect(combined(of('Mapping'))).toBe(true);
  expect(combined(of('Maping'))).toBe(false);
});

test('a List is looked into, and null is absent in Kubernetes’ own kinds only', () => {
  const list = (item: object) => ({ apiVersion: 'v1', kind: 'List', items: [item] });
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: null } };
  const mapping = { apiVersion: 'getambassador.io/v3alpha1', kind: 'Mapping', metadata: { name: 'a' } };
  expect(combined(list(service))).toBe(true);
  expect(combined(list({ ...mapping, spec: { prefix: '/', service: 'a' } }))).toBe(true);
  expect(combined(list({ ...mapping, spec: { prefix: '/', service: 'a', hostname: null } }))).toBe(false);
});
