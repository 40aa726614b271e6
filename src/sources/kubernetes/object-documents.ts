import { isDeepStrictEqual } from 'node:util';
import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { OLDER_VERSIONS, STORED_AS } from '../../model/crd/stored-as';
import { isDeeper } from '../../model/decoding/size';
import type { Document } from '../../model/document';
import { embeddedDocuments } from '../yaml/embedded-documents';
import { LIMITS } from '../yaml/limits';
import { ObjectDocument } from '../yaml/object-document';
import type { ApiObject } from './api-object';

/** What the API adds to what somebody wrote, and changes without anybody having changed anything. */
const ADDED: ReadonlySet<string> = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'selfLink',
]);
/** The annotation in which `kubectl apply` repeats the whole object, a Secret’s data too. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object of the API as the definitions that it is and holds. */
export interface ObjectDocuments {
  readonly object: Document;
  readonly documents: readonly Document[];
  /** What could not be read in annotations. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The documents of an object; those of the one before if only what the API adds is different, or if it can’t be read. */
export function objectDocuments(
  object: ApiObject,
  kind: { readonly kind: string; readonly apiVersion: string },
  before: ObjectDocuments | undefined,
): ObjectDocuments {
  const value = written(object, kind);
  if (isDeeper(value, LIMITS.depth)) return tooDeep(object, kind, before);
  if (before !== undefined && isDeepStrictEqual(before.object.value, value)) return before;
  const document = new ObjectDocument(value, nameOf(object, kind.kind));
  const { documents, diagnostics } = embeddedDocuments(document);
  return { object: document, documents: [document, ...documents], diagnostics };
}

/** As of a file that can’t be parsed, what was read before stays. */
function tooDeep(
  { metadata: { name, namespace } }: ApiObject,
  { kind, apiVersion }: { readonly kind: string; readonly apiVersion: string },
  before: ObjectDocuments | undefined,
): ObjectDocuments {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  const file = nameOf({ metadata }, kind);
  const finding = diagnostic('CS1005', {
    message: `lists and mappings are nested more than ${LIMITS.depth} deep`,
    subject: { kind, namespace: namespace ?? 'default', name },
    location: { file, line: 1, column: 1 },
  });
  const object = before?.object ?? new ObjectDocument({ apiVersion, kind, metadata }, file);
  return { object, documents: before?.documents ?? [], diagnostics: [finding] };
}

/** Items of a list have no kind of their own, and some are written in another version than they are listed in. */
function written(object: ApiObject, { kind, apiVersion }: { readonly kind: string; readonly apiVersion: string }) {
  const { metadata, status: _status, [STORED_AS]: storedAs, ...rest } = object;
  const version = OLDER_VERSIONS.find((older) => older === storedAs);
  const kept = Object.entries(metadata).filter(([name]) => !ADDED.has(name));
  const { annotations, ...others } = Object.fromEntries(kept) as ApiObject['metadata'];
  const own = Object.entries(annotations ?? {}).filter(([name]) => name !== LAST_APPLIED);
  return {
    ...rest,
    apiVersion: version === undefined ? apiVersion : `${apiVersion.slice(0, apiVersion.indexOf('/'))}/${version}`,
    kind,
    metadata: { ...others, ...(own.length > 0 && { annotations: Object.fromEntries(own) }) },
  };
}

/** Where a file would be: `kubernetes:default/Mapping/pay`. */
function nameOf({ metadata: { namespace, name } }: ApiObject, kind: string): string {
  return `kubernetes:${namespace === undefined ? '' : `${namespace}/`}${kind}/${name}`;
}
