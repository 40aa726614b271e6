import { GUARDING_KINDS } from '../guarding-kinds';
import { KIND_MODELS, KINDS, type Kind, isKind } from '../kinds';
import { quote } from './describe';
import { type Fields, type Problem, isFields } from './problem';
import { suggest } from './suggest';

const AMBASSADOR = 'getambassador.io';
const NETWORKING = 'networking.k8s.io';

/** Kinds of Ambassador and Ambassador Edge Stack that are not read, and what their absence means. */
export const UNSUPPORTED_KINDS: Readonly<Record<string, string>> = {
  DevPortal: 'the developer portal does not exist',
  Filter: 'requests would not be filtered',
  FilterPolicy: 'requests would not be filtered',
  RateLimit: 'requests would not be rate limited',
};

const YOUNGER = 'the kind is younger than that version';

/** Why apiVersions that one still meets are not read. */
const NOTES_ON_VERSIONS: readonly { readonly pattern: RegExp; readonly note: string }[] = [
  {
    pattern: /ambassador(?:\.io)?\/v0$/,
    note: 'it is that of Ambassador before 0.50, and Ambassador 2 refuses it too',
  },
  { pattern: /^(?:getambassador\.io|ambassador)\/v1$/, note: YOUNGER },
  { pattern: /^x\.getambassador\.io\//, note: 'it is that of the previews of Ambassador 2' },
  { pattern: /^ambassador\//, note: 'this group is read in the annotation getambassador.io/config only' },
];

/** What a document claims to be. */
export type Envelope =
  | {
      readonly type: 'known';
      readonly kind: Kind;
      readonly version: string;
      /** It is not written so, but read as what it guards by: out of service instead of absent. */
      readonly problem?: Problem;
    }
  | Other;

interface Other {
  readonly type: 'other';
  readonly kind?: string;
  readonly problem: Problem;
}

/** Reads apiVersion and kind. Documents that are none of ours are passed over with an `info`. */
export function readEnvelope(root: Fields): Envelope {
  const { apiVersion, kind } = root;
  if (typeof kind !== 'string' || kind === '') return withoutKind(root);
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    const ours = isKind(kind) || Object.hasOwn(UNSUPPORTED_KINDS, kind);
    const message = `${quote(kind)} has no apiVersion`;
    const fix = isKind(kind) ? `add apiVersion: ${apiVersionOf(kind)}` : 'add apiVersion';
    return other(kind, {
      code: 'CS1010',
      message,
      fix,
      severity: ours ? 'error' : 'warning',
      path: ['apiVersion'],
      part: 'value',
    });
  }
  const slash = apiVersion.lastIndexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const version = apiVersion.slice(slash + 1);
  if (group === AMBASSADOR || group.endsWith(`.${AMBASSADOR}`) || group === 'ambassador')
    return ambassadorKind(kind, group, version);
  if (isKind(kind) && KIND_MODELS[kind].group === NETWORKING && isOldNetworking(group, version))
    return oldNetworking(root, kind, apiVersion);
  if (isKind(kind) && KIND_MODELS[kind].group === group) return supportedVersion(kind, version);
  if (isKind(kind) && KIND_MODELS[kind].group === AMBASSADOR && seemsAmbassador(group))
    return asMeant(kind, version, unsupportedVersion(kind, apiVersion));
  return other(kind, foreignKind(kind, group));
}

/** Whether a group is no other's: it is missing, which no kind of Kubernetes' own explains, or it is Ambassador's, misspelt. */
function seemsAmbassador(group: string): boolean {
  return group === '' || suggest(group, [AMBASSADOR, 'ambassador', 'ambassador.io', 'getambassador']) !== undefined;
}

function ambassadorKind(kind: string, group: string, version: string): Envelope {
  if (isKind(kind) && KIND_MODELS[kind].group === AMBASSADOR)
    return group === AMBASSADOR ? supportedVersion(kind, version) : unsupportedVersion(kind, `${group}/${version}`);
  if (Object.hasOwn(UNSUPPORTED_KINDS, kind))
    return other(kind, {
      code: 'CS1013',
      message: `${kind} is not supported yet: ${UNSUPPORTED_KINDS[kind] ?? ''}`,
      path: ['kind'],
      part: 'value',
    });
  const ambassadorKinds = KINDS.filter((name) => KIND_MODELS[name].group === AMBASSADOR);
  // The previews of Ambassador 2 called every kind Ambassador's.
  const meant = suggest(kind.replace(/^Ambassador/, ''), [...ambassadorKinds, ...Object.keys(UNSUPPORTED_KINDS)]);
  return asMeant(
    meant ?? '',
    version,
    other(kind, {
      code: 'CS1012',
      message: `${quote(kind)} is not a kind of Ambassador${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      ...(meant !== undefined && { fix: `write kind: ${meant}` }),
      path: ['kind'],
      part: 'value',
    }),
  );
}

/** What is meant to guard counts as there, with its node groups and names where it can be read. */
function asMeant(kind: string, version: string, { problem, ...unread }: Other): Envelope {
  if (!isKind(kind) || !GUARDING_KINDS.includes(kind)) return { ...unread, problem };
  return KIND_MODELS[kind].versions.includes(version)
    ? { type: 'known', kind, version, problem }
    : other(kind, problem);
}

function supportedVersion(kind: Kind, version: string): Envelope {
  const model = KIND_MODELS[kind];
  if (model.versions.includes(version)) return { type: 'known', kind, version };
  return unsupportedVersion(kind, model.group === '' ? version : `${model.group}/${version}`);
}

function unsupportedVersion(kind: Kind, apiVersion: string): Other {
  const hasVersion = KIND_MODELS[kind].versions.includes(apiVersion.slice(apiVersion.lastIndexOf('/') + 1));
  const notes = hasVersion ? NOTES_ON_VERSIONS.filter(({ note }) => note !== YOUNGER) : NOTES_ON_VERSIONS;
  const note = notes.find(({ pattern }) => pattern.test(apiVersion))?.note;
  return other(kind, {
    code: 'CS1011',
    message: `apiVersion ${quote(apiVersion)} of ${kind} is not supported${note === undefined ? '' : `: ${note}`}`,
    fix: `use ${apiVersionOf(kind)}`,
    path: ['apiVersion'],
    part: 'value',
  });
}

function foreignKind(kind: string, group: string): Problem {
  const at = { path: ['kind'], part: 'value' } as const;
  if (group === '' || group === 'discovery.k8s.io') {
    const meant = suggest(
      kind,
      KINDS.filter((name) => KIND_MODELS[name].group === group),
    );
    if (meant !== undefined && meant !== kind)
      return {
        code: 'CS1014',
        severity: 'warning',
        message: `kind ${quote(kind)} is not read; did you mean ${meant}?`,
        fix: `write kind: ${meant}`,
        ...at,
      };
  }
  if (isKind(kind) && KIND_MODELS[kind].group === AMBASSADOR)
    return {
      code: 'CS1014',
      severity: 'warning',
      message: `${kind} of ${quote(group)} is not read; Ambassador's ${kind} is ${apiVersionOf(kind)}`,
      ...at,
    };
  return { code: 'CS1014', message: `${quote(kind)} is not read`, ...at };
}

function isOldNetworking(group: string, version: string): boolean {
  return group === 'extensions' || (group === NETWORKING && version.includes('beta'));
}

/** Kubernetes 1.22 removed these versions. An error where the object is Ambassador's, by all that it says of itself. */
function oldNetworking({ metadata, spec }: Fields, kind: Kind, apiVersion: string): Envelope {
  const annotations = isFields(metadata) ? metadata['annotations'] : undefined;
  const byAnnotation = isFields(annotations) && annotations['kubernetes.io/ingress.class'] === 'ambassador';
  const { ingressClassName, controller } = isFields(spec) ? spec : {};
  const byController = typeof controller === 'string' && controller.startsWith(AMBASSADOR);
  const ours = byAnnotation || ingressClassName === 'ambassador' || byController;
  return other(kind, {
    code: 'CS1011',
    severity: ours ? 'error' : 'info',
    message: `apiVersion ${quote(apiVersion)} of ${kind} is not supported: Kubernetes 1.22 removed it`,
    fix: `use ${apiVersionOf(kind)}`,
    path: ['apiVersion'],
    part: 'value',
  });
}

/** A kind that guards, under a key that is almost `kind` or in a list, counts as there. */
function withoutKind(root: Fields): Envelope {
  const looksLikeOne = ['apiVersion', 'kind', 'metadata', 'spec'].some((key) => Object.hasOwn(root, key));
  const key = Object.hasOwn(root, 'kind') ? 'kind' : Object.keys(root).find((name) => suggest(name, ['kind']));
  const written = key === undefined ? [] : [root[key]].flat();
  const meant = GUARDING_KINDS.find((kind) => written.includes(kind));
  const misspelt = key !== undefined && key !== 'kind';
  const problem: Problem = {
    code: 'CS1010',
    severity: looksLikeOne ? 'error' : 'warning',
    message: looksLikeOne ? 'the document has no kind' : 'the document is no definition; it is passed over',
    ...(meant !== undefined && { fix: `write kind: ${meant}` }),
    path: [misspelt && meant !== undefined ? key : 'kind'],
    part: misspelt && meant !== undefined ? 'key' : 'value',
  };
  return { type: 'other', ...(meant !== undefined && { kind: meant }), problem };
}

function apiVersionOf(kind: Kind): string {
  const { group, versions } = KIND_MODELS[kind];
  return group === '' ? (versions[0] ?? '') : `${group}/${versions[0] ?? ''}`;
}

function other(kind: string, problem: Problem): Other {
  return { type: 'other', kind, problem };
}
