import { type Static, Type } from '@sinclair/typebox';
import { Ajv, type ErrorObject } from 'ajv';
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { suggest } from '../model/decoding/suggest';
import type { Document, Path } from '../model/document';
import { AccessPolicy } from './access-policy';
import { isSpiffeId } from './peer-identity';

const patterns = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });
const closed = { additionalProperties: false };

/** The document of an access policy. */
const AccessDocument = Type.Object(
  {
    apiVersion: Type.Literal('countersign.dev/v1'),
    kind: Type.Literal('XdsAccessPolicy'),
    rules: Type.Array(
      Type.Object({ identity: Type.String({ minLength: 1 }), node_ids: patterns, groups: patterns }, closed),
      { minItems: 1 },
    ),
  },
  closed,
);
type AccessDocument = Static<typeof AccessDocument>;

const FIELDS = ['apiVersion', 'kind', 'rules', 'identity', 'node_ids', 'groups'];

const validate = new Ajv({ allErrors: true, verbose: true }).compile<AccessDocument>(AccessDocument);

export type ReadAccessPolicy =
  | { readonly policy: AccessPolicy; readonly diagnostics: readonly [] }
  | { readonly policy?: never; readonly diagnostics: readonly Diagnostic[] };

/** Reads a policy; the slightest mistake makes it no policy at all, since a half of one could grant more than was meant. */
export function readAccessPolicy(document: Document): ReadAccessPolicy {
  const { value } = document;
  if (!validate(value)) return { diagnostics: (validate.errors ?? []).flatMap((error) => problem(document, error)) };
  const wrong = value.rules.flatMap((rule, index) => [
    ...identityProblems(document, rule.identity, ['rules', index, 'identity']),
    ...patternProblems(document, rule.node_ids, ['rules', index, 'node_ids']),
    ...patternProblems(document, rule.groups, ['rules', index, 'groups']),
  ]);
  if (wrong.length > 0) return { diagnostics: wrong };
  const rules = value.rules.map(({ identity, node_ids: nodeIds, groups }) => ({ identity, nodeIds, groups }));
  return { policy: new AccessPolicy(rules), diagnostics: [] };
}

function problem(document: Document, error: ErrorObject): Diagnostic[] {
  const path = pathOf(error.instancePath);
  const shown = path.length === 0 ? 'the policy' : show(path);
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(error.params['additionalProperty']);
      const meant = suggest(name, FIELDS);
      return [
        finding(document, [...path, name], `${shown} has no field ${JSON.stringify(name)}`, {
          part: 'key',
          ...(meant !== undefined && { fix: `write \`${meant}\`` }),
        }),
      ];
    }
    case 'required': {
      const name = String(error.params['missingProperty']);
      return [finding(document, path, `${shown} lacks \`${name}\``, { fix: `give \`${name}\`` })];
    }
    case 'const': {
      const wanted = JSON.stringify(error.params['allowedValue']);
      return [finding(document, path, `${shown} must be ${wanted}`, { fix: `write \`${shown}: ${wanted}\`` })];
    }
    case 'minItems':
    case 'minLength':
      return [finding(document, path, `${shown} is empty`)];
    default:
      return [finding(document, path, `${shown} ${error.message ?? 'is wrong'}`)];
  }
}

function identityProblems(document: Document, identity: string, path: Path): Diagnostic[] {
  if (/^dns:[a-z0-9.-]+$/i.test(identity)) return [];
  const exact = identity.endsWith('/*') ? identity.slice(0, -2) : identity;
  if (isSpiffeId(exact)) return [];
  return [
    finding(document, path, `${show(path)} is neither a SPIFFE ID nor a DNS name: ${JSON.stringify(identity)}`, {
      fix: 'write `spiffe://TRUST_DOMAIN/PATH`, a beginning of it with `/*`, or `dns:NAME`',
    }),
  ];
}

function patternProblems(document: Document, patterns: readonly string[], path: Path): Diagnostic[] {
  return patterns.flatMap((pattern, index) =>
    pattern.slice(0, -1).includes('*')
      ? [
          finding(document, [...path, index], `${JSON.stringify(pattern)} has a \`*\` that is not at its end`, {
            fix: 'only a last `*` stands for something: the rest of the text',
          }),
        ]
      : [],
  );
}

interface Details {
  readonly part?: 'key' | 'value';
  readonly fix?: string;
}

function finding(document: Document, path: Path, message: string, { part = 'value', fix }: Details = {}): Diagnostic {
  return diagnostic('CS6001', { message, location: document.locate(path, part), ...(fix !== undefined && { fix }) });
}

function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function show(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}
