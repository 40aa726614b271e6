import { diagnostic, type Diagnostic, type Subject } from '../diagnostics/diagnostic';
import { withoutBookkeeping } from './decoding/bookkeeping';
import { withoutIdleAcmeProvider } from './decoding/convert-acme-provider';
import { convertModule } from './decoding/convert-module';
import { type Converted, V2_VERSIONS, convertV2, unconverted } from './decoding/convert-v2';
import { describe, showPath } from './decoding/describe';
import { readEnvelope } from './decoding/envelope';
import { fieldProblems } from './decoding/field-problems';
import { readMetadata } from './decoding/metadata';
import { misplacedKeys } from './decoding/misplaced-key';
import { type Fields, MAX_PROBLEMS, type Problem, isError, isFields } from './decoding/problem';
import { readSecretSpec, secretPath } from './decoding/secret-spec';
import { MAX_VALUES, isOversized } from './decoding/size';
import { suggest } from './decoding/suggest';
import { isContained, usableSpec } from './decoding/usable-spec';
import { withoutNulls } from './decoding/without';
import { withoutEmptyTls } from './decoding/without-empty-tls';
import type { AnyDefinition, Decoded, Definition, Metadata } from './definition';
import type { Document, Path } from './document';
import { embeddedElsewhere, holderOf } from './embedded';
import { failure } from './failure';
import { KIND_MODELS, type Kind, type Specs } from './kinds';
import { holdsPrivateKey } from './redaction';

/** The Module that was the AuthService before Ambassador had that kind; Ambassador still reads it. */
const AUTHENTICATION = 'authentication';
/** The only other Module that means anything. */
const AMBASSADOR_MODULE = 'ambassador';
const TOP_LEVEL = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

const DEFAULT_GROUP = ['default'] as const;
const NONE: readonly Problem[] = [];
const ROOT: Path = [];
const SPEC: Path = ['spec'];

const decoded = new WeakMap<Document, Decoded>();
const documents = new WeakMap<Definition, Document>();

/** What a definition was decoded from. */
export function documentOf(definition: Definition): Document | undefined {
  return documents.get(definition);
}

/**
 * Decodes a document into a definition, with everything that is wrong with it. Never throws for what users write. The
 * result is remembered by the document's identity.
 */
export function decode(document: Document): Decoded {
  const known = decoded.get(document);
  if (known !== undefined) return known;
  const result = decodeGuarded(document);
  decoded.set(document, result);
  return result;
}

function decodeGuarded(document: Document): Decoded {
  try {
    return decodeAnew(document);
  } catch (error) {
    const { kind, namespace, name } = holderOf(isFields(document.value) ? document.value : {});
    const subject = { kind: shownName(kind), namespace: shownName(namespace), name: shownName(name) };
    return { subject, rejected: true, diagnostics: [failure(error, subject, document.locate([]))] };
  }
}

function decodeAnew(document: Document): Decoded {
  const root = document.value;
  if (!isFields(root)) {
    const message = `a definition is a mapping, not ${describe(root, true)}`;
    return rejected(document, undefined, [{ code: 'CS1010', message, path: [], part: 'value' }]);
  }
  const envelope = readEnvelope(root);
  const { metadata, problems: inMetadata } = readMetadata(root, document.madeFrom !== undefined);
  const elsewhere = embeddedElsewhere(root);
  const problems = [...inMetadata, ...elsewhere];
  const kind = shownName(envelope.kind ?? '');
  const subject =
    kind === '' && metadata.name === '' ? undefined : { kind, namespace: metadata.namespace, name: metadata.name };
  if (envelope.type === 'other') return rejected(document, subject, [envelope.problem, ...elsewhere]);
  if (document.madeFrom !== undefined && KIND_MODELS[envelope.kind].group !== 'getambassador.io')
    return rejected(document, subject, [foreignEmbedded(envelope.kind)]);
  if (isOversized(root)) {
    const message = `the definition holds more than ${MAX_VALUES} values`;
    return rejected(document, subject, [{ code: 'CS1003', message, path: [], part: 'value' }]);
  }
  if (kind === 'Module' && metadata.name === AUTHENTICATION)
    return rejected(document, { kind: 'AuthService', namespace: metadata.namespace, name: metadata.name }, [
      authenticationModule(),
    ]);
  if (kind === 'Module' && metadata.name !== AMBASSADOR_MODULE && metadata.name !== '')
    return rejected(document, subject, [ignoredModule(metadata.name)]);
  const read = readSpec(envelope.kind, envelope.version, root);
  const all = [...(envelope.problem === undefined ? [] : [envelope.problem]), ...problems, ...read.problems];
  if (all.length === 0 && subject !== undefined && read.spec !== undefined) {
    const definition = definitionOf(envelope.kind, metadata, read.spec, document, read.toDocument);
    return { subject, rejected: false, diagnostics: [], definition };
  }
  const result = rejected(document, subject, all, read.toDocument);
  const spec = problems.some(isError) ? undefined : read.spec;
  if (spec === undefined) return result;
  const contained = result.rejected && isContained(envelope.kind, all);
  return {
    ...result,
    ...(contained && { contained }),
    definition: definitionOf(envelope.kind, metadata, spec, document, read.toDocument),
  };
}

function isSamePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

/** What names something in diagnostics: nothing, where a private key stands in the place of a name. */
function shownName(name: string): string {
  return holdsPrivateKey(name) ? '' : name;
}

interface ReadSpec {
  /** Absent if too little of it can be trusted. */
  readonly spec: Specs[Kind] | undefined;
  readonly problems: readonly Problem[];
  readonly toDocument: (path: Path) => Path;
}

function readSpec(kind: Kind, version: string, root: Fields): ReadSpec {
  const model = KIND_MODELS[kind];
  const written = model.at === 'root' ? root : (root['spec'] ?? {});
  const value = model.strict ? written : withoutNulls(written);
  const ofVersion =
    model.strict && V2_VERSIONS.includes(version)
      ? convertV2(kind, value)
      : unconverted(model.strict ? withoutBookkeeping(value) : value);
  const converted = inOneForm(kind, ofVersion);
  const toDocument = (path: Path) => converted.toDocument(path);
  const base = model.at === 'root' ? ROOT : SPEC;
  const show = (path: Path) => showPath(toDocument(path));
  const misplaced = kind === 'Secret' ? NONE : misplacedKeys(converted.spec, base, show);
  const found = fieldProblems(converted.spec, { kind, base, show });
  const problems = joined([
    model.strict ? topLevelProblems(kind, root) : NONE,
    converted.problems,
    misplaced,
    misplaced.length === 0 ? found : found.filter(({ path }) => !misplaced.some((key) => isSamePath(key.path, path))),
  ]);
  if (kind === 'Secret') {
    const secret = readSecretSpec(isFields(converted.spec) ? converted.spec : {});
    const all = [...problems, ...secret.problems];
    const inSecret = (path: Path) => secretPath(path, root);
    return { spec: all.some(isError) ? undefined : secret.spec, problems: all, toDocument: inSecret };
  }
  return { spec: usableSpec(kind, converted, problems), problems, toDocument };
}

function joined(lists: readonly (readonly Problem[])[]): readonly Problem[] {
  return lists.every(({ length }) => length === 0) ? NONE : lists.flat();
}

/** What means the same in every version of a kind, in the form that its schema has. */
function inOneForm(kind: Kind, converted: Converted): Converted {
  if (kind === 'Module') return convertModule(converted);
  return kind === 'Host' ? withoutIdleAcmeProvider(converted) : withoutEmptyTls(kind, converted);
}

function topLevelProblems(kind: Kind, root: Fields): readonly Problem[] {
  const unknown = Object.keys(root).filter((key) => !TOP_LEVEL.includes(key));
  if (unknown.length === 0) return NONE;
  return unknown.slice(0, MAX_PROBLEMS + 1).map((key) => {
    const schema = KIND_MODELS[kind].schema.properties;
    const meant = suggest(key, TOP_LEVEL);
    const guess = Object.hasOwn(schema, key) ? `spec.${key}` : meant;
    const shown = showPath([key]);
    return {
      code: 'CS1020',
      message: `${shown} is not a field of ${kind}${guess === undefined ? '' : `; did you mean ${guess}?`}`,
      ...(guess !== undefined && { fix: guess === meant ? `write ${guess}` : `move ${shown} under spec` }),
      path: [key],
      part: 'key',
    };
  });
}

function foreignEmbedded(kind: Kind): Problem {
  return {
    code: 'CS1033',
    message: `${kind} is no definition of Ambassador, and the annotation may hold no others`,
    path: ['kind'],
    part: 'value',
  };
}

/** It guards as an AuthService does, so it counts as one that is out of service. */
function authenticationModule(): Problem {
  return {
    code: 'CS1013',
    message: 'the Module "authentication" is not read: requests would not be authenticated',
    fix: 'write an AuthService',
    path: ['metadata', 'name'],
    part: 'value',
  };
}

/** One whose name is almost right counts as there, out of service: what it bars must not depend on a letter. */
function ignoredModule(name: string): Problem {
  return {
    code: 'CS1014',
    severity: suggest(name, [AMBASSADOR_MODULE]) === undefined ? 'warning' : 'error',
    message: `Module ${JSON.stringify(name)} is not read: only the Module named ambassador means anything`,
    fix:
      name === 'tls'
        ? 'write a Host with a tlsSecret, and a TLSContext for what is asked of clients'
        : 'name it ambassador',
    path: ['metadata', 'name'],
    part: 'value',
  };
}

function definitionOf(
  kind: Kind,
  metadata: Metadata,
  spec: Specs[Kind],
  document: Document,
  toDocument: (path: Path) => Path,
): AnyDefinition {
  const definition: Definition = {
    kind,
    metadata,
    spec,
    ambassadorIds: ambassadorIdsOf(kind, spec, metadata),
    ...(document.madeFrom !== undefined && { madeFrom: document.madeFrom }),
    at: (path, part) => document.locate(toDocument(path), part),
  };
  documents.set(definition, document);
  // The schema that the spec passed is that of its kind, which is what the union says and TypeScript can't see.
  return definition as AnyDefinition;
}

/** Kubernetes' own kinds have no room for an `ambassador_id`; Ambassador reads this annotation of some. */
const ID_ANNOTATION = 'getambassador.io/ambassador-id';

function ambassadorIdsOf(kind: Kind, spec: Specs[Kind], { annotations }: Metadata): readonly string[] | '*' {
  if (kind === 'Ingress' || kind === 'IngressClass') return [annotations[ID_ANNOTATION]?.trim() || 'default'];
  if (!KIND_MODELS[kind].strict) return '*';
  const ids = 'ambassador_id' in spec ? spec.ambassador_id : undefined;
  return ids === undefined || ids.length === 0 ? DEFAULT_GROUP : ids;
}

function rejected(
  document: Document,
  subject: Subject | undefined,
  problems: readonly Problem[],
  toDocument: (path: Path) => Path = (path) => path,
): Decoded {
  if (problems.length === 0) return { ...(subject && { subject }), rejected: false, diagnostics: [] };
  const diagnostics = problems
    .slice(0, MAX_PROBLEMS)
    .map((problem) =>
      diagnostic(problem.code, {
        message: problem.message,
        ...(problem.fix !== undefined && { fix: problem.fix }),
        ...(problem.severity !== undefined && { severity: problem.severity }),
        location: document.locate(toDocument(problem.path), problem.part),
        subject,
      }),
    )
    .sort(byPosition);
  const last = diagnostics.at(-1);
  if (last !== undefined && problems.length > MAX_PROBLEMS) {
    diagnostics[diagnostics.length - 1] = { ...last, message: `${last.message} (and more findings in this document)` };
  }
  return { ...(subject && { subject }), rejected: problems.some(isError), diagnostics };
}

function byPosition(a: Diagnostic, b: Diagnostic): number {
  return (a.location?.line ?? 0) - (b.location?.line ?? 0) || (a.location?.column ?? 0) - (b.location?.column ?? 0);
}
