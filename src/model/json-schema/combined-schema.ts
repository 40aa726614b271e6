import { KIND_MODELS, KINDS, type Kind } from '../kinds';
import { definitionBody } from './definition-schema';
import { DRAFT, type JsonSchema } from './json-schema';

const AMBASSADOR = 'getambassador.io';
const OLDER = ['v2', 'v1'].map((version) => `${AMBASSADOR}/${version}`);

/**
 * One JSON Schema for files with definitions of any kind, which `apiVersion` and `kind` tell apart. Kinds that Countersign does not
 * read are none of its business, unless they claim to be Ambassador's. A document of v2 or v1 is written otherwise, and only its kind is
 * looked at: `countersign validate` converts it.
 */
export function combinedSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'Definitions that Countersign reads',
    type: 'object',
    properties: {
      apiVersion: { type: 'string', description: 'Group and version of the kind.' },
      kind: { type: 'string', description: 'What the document defines.' },
    },
    required: ['apiVersion', 'kind'],
    allOf: [ofAmbassador(), ...KINDS.map(ofKind), list()],
    definitions: Object.fromEntries(KINDS.map((kind) => [kind, definitionBody(kind)])),
  };
}

/** What claims to be Ambassador's, of whatever version, must be a kind and version that is read. */
function ofAmbassador(): JsonSchema {
  const kinds = KINDS.filter((kind) => KIND_MODELS[kind].group === AMBASSADOR);
  const versions = new Set(kinds.flatMap((kind) => KIND_MODELS[kind].versions));
  const claim = { apiVersion: { pattern: '(^|\\.)getambassador\\.io/|^ambassador/' } };
  return whenever(claim, {
    properties: {
      apiVersion: { enum: [...versions].map((version) => `${AMBASSADOR}/${version}`) },
      kind: { enum: kinds },
    },
  });
}

/** A kind of the right group in the wrong version is still that kind, and is refused. */
function ofKind(kind: Kind): JsonSchema {
  const { group } = KIND_MODELS[kind];
  const pattern = group === '' ? '^[^/]*$' : `^${group.replaceAll('.', '\\.')}/`;
  return whenever(
    { apiVersion: { pattern, ...(group === AMBASSADOR && { not: { enum: OLDER } }) }, kind: { const: kind } },
    { $ref: `#/definitions/${kind}` },
  );
}

/** Kubernetes' `List`, as `kubectl get -o yaml` prints it. */
function list(): JsonSchema {
  return whenever(
    { apiVersion: { const: 'v1' }, kind: { const: 'List' } },
    { properties: { items: { type: 'array', items: { $ref: '#' } } } },
  );
}

/** Holds a document that claims these properties to the schema. */
function whenever(claim: JsonSchema, schema: JsonSchema): JsonSchema {
  const condition = { properties: claim, required: Object.keys(claim) };
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  return { if: condition, then: schema };
}
