import type { Subject } from '../diagnostics/diagnostic';
import { type Fields, type Problem, isFields } from './decoding/problem';
import { KIND_MODELS, isKind } from './kinds';

/** The annotation that may hold definitions, as YAML (Ambassador, "Ambassador and Kubernetes annotations"). */
export const EMBEDDED = 'getambassador.io/config';

/** Whether the object is one that Ambassador reads the annotation of: a Service or an Ingress. */
export function mayHoldDefinitions({ apiVersion, kind }: Fields): boolean {
  if (kind === 'Service') return apiVersion === 'v1';
  return (
    kind === 'Ingress' && typeof apiVersion === 'string' && /^(?:networking\.k8s\.io|extensions)\//.test(apiVersion)
  );
}

/** The annotation, whatever is in it. */
export function embeddedValue({ metadata }: Fields): unknown {
  const annotations = isFields(metadata) ? metadata['annotations'] : undefined;
  return isFields(annotations) ? annotations[EMBEDDED] : undefined;
}

/** The annotation's text, wherever it is. */
export function embeddedText(root: Fields): string | undefined {
  const text = embeddedValue(root);
  return typeof text === 'string' ? text : undefined;
}

/** CS1032: the annotation on an object of another kind, where nobody reads it. */
export function embeddedElsewhere(root: Fields): Problem[] {
  if (embeddedText(root) === undefined || mayHoldDefinitions(root)) return [];
  return [
    {
      code: 'CS1032',
      message: `the annotation ${EMBEDDED} is read on Services and Ingresses only: the definitions in it are not`,
      path: ['metadata', 'annotations', EMBEDDED],
      part: 'key',
    },
  ];
}

/** Keys that mean the same in a flat definition and in a whole one. */
const WHOLE = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];
const IN_METADATA = ['name', 'namespace', 'generation'];
const LABELS = 'metadata_labels';

/** What a definition in the annotation inherits from the object that it stands on. */
export interface Inheritance {
  readonly namespace: string | undefined;
  readonly labels: unknown;
}

/**
 * A definition from the annotation as a whole one: keys beside `metadata` and `spec` belong into them. `ambassador/` was the group's
 * first name (Emissary, `pkg/snapshot/v1/annotations.go`).
 */
export function unfolded(flat: Fields, { namespace, labels }: Inheritance): Fields {
  const entries = Object.entries(flat);
  const metadata: Fields = {
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels }),
    ...(isFields(flat['metadata']) && flat['metadata']),
    ...Object.fromEntries(entries.filter(([key]) => IN_METADATA.includes(key))),
    ...(Object.hasOwn(flat, LABELS) && { labels: flat[LABELS] }),
  };
  const spec: Fields = {
    ...(isFields(flat['spec']) && flat['spec']),
    ...Object.fromEntries(entries.filter(([key]) => isOfSpec(key))),
  };
  const { apiVersion, kind } = flat;
  return {
    ...(flat['status'] !== undefined && { status: flat['status'] }),
    apiVersion: typeof apiVersion === 'string' ? renamed(apiVersion, kind) : apiVersion,
    kind,
    metadata,
    spec,
  };
}

/** The group by its name of today; a version that the kind does not have stays as it is written, to be told so. */
function renamed(apiVersion: string, kind: unknown): string {
  const [group, version = ''] = apiVersion.split('/');
  if (group !== 'ambassador' || typeof kind !== 'string') return apiVersion;
  return isKind(kind) && !KIND_MODELS[kind].versions.includes(version) ? apiVersion : `getambassador.io/${version}`;
}

/** Where a value of the whole definition stands in the flat one. */
export function flatPath(
  [first, second, ...rest]: readonly (string | number)[],
  flat: Fields,
): readonly (string | number)[] {
  if (first === undefined) return [];
  if (second === undefined) return Object.hasOwn(flat, first) ? [first] : [];
  const key = first === 'metadata' && second === 'labels' ? LABELS : second;
  const isFlat =
    first === 'spec' ? isOfSpec(String(key)) : first === 'metadata' && [...IN_METADATA, LABELS].includes(String(key));
  if (isFlat && Object.hasOwn(flat, key)) return [key, ...rest];
  return Object.hasOwn(flat, first) ? [first, second, ...rest] : [];
}

function isOfSpec(key: string): boolean {
  return !WHOLE.includes(key) && !IN_METADATA.includes(key) && key !== LABELS;
}

/** Who the object is that holds the definitions. */
export function holderOf({ kind, metadata }: Fields): Subject {
  const { name, namespace } = isFields(metadata) ? metadata : {};
  return {
    kind: typeof kind === 'string' ? kind : '',
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : 'default',
    name: typeof name === 'string' ? name : '',
  };
}
