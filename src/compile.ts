import type { Diagnostic, Subject } from './diagnostics/diagnostic';
import { translate } from './envoy/translate';
import { expand } from './expansion/expand';
import { edgesOf, inventoryOf } from './inventory';
import { buildIr } from './ir/build';
import type { Ir } from './ir/ir';
import { decode, documentOf } from './model/decode';
import { keyOf } from './model/definition';
import { Definitions } from './model/definitions';
import type { Document } from './model/document';
import { isKind } from './model/kinds';
import type { MessageName } from './protos';
import { withDefaults } from './resolution/defaults';
import { withoutRedundantHosts } from './resolution/ingress-hosts';
import type { Policy } from './resolution/policy';
import { prevailing } from './resolution/prevailing';
import { select } from './resolution/selection';
import { buildSnapshot } from './snapshot/build-snapshot';
import type { ResourceEncoder } from './snapshot/resource-encoder';
import type { Snapshot } from './snapshot/snapshot';
import { type LastGood, accept } from './validation/accept';
import { consequenceOf } from './validation/consequence';
import { keepDeletedSecrets } from './validation/deleted-secrets';
import { keepFitting } from './validation/kept-fit';
import { keepOverlap, type ServedEdge } from './validation/kept-overlap';
import { keepRehearsed, type RehearsalOutcome } from './validation/kept-rehearsed';
import { validate } from './validation/validate';

export type { RehearsalOutcome } from './validation/kept-rehearsed';

/** The stages of a compilation, in order; `read` and `push` happen around it. */
export type Stage = 'decode' | 'validate' | 'build' | 'translate' | 'encode';

/** Runs one stage and may measure it; the pipeline itself knows no clock. */
export type Stopwatch = <T>(stage: Stage, run: () => T) => T;

export interface CompileOptions {
  readonly policy: Policy;
  /** The moment as of which certificates are judged. */
  readonly at: Date;
  readonly encoder: ResourceEncoder<MessageName>;
  readonly stopwatch?: Stopwatch;
  /** What the sources could not read: a definition that is known to be there is out of service, not absent. */
  readonly unread: readonly Diagnostic[];
  /** Absent: nothing is rehearsed. */
  readonly rehearsal?: RehearsalOutcome;
}

/** One node group’s configuration: what it means, and what is sent. */
export interface GroupConfiguration {
  readonly ir: Ir;
  readonly snapshot: Snapshot;
}

export interface Compilation {
  /** Everything that is in service in some node group, wholly or in part. */
  readonly definitions: Definitions;
  /** By node group (`ambassador_id`), sorted. */
  readonly groups: ReadonlyMap<string, GroupConfiguration>;
  readonly diagnostics: readonly Diagnostic[];
  /** What the sources could not read, with what that closes. */
  readonly unread: readonly Diagnostic[];
  /** Number of definitions that are out of service, wholly or in part. */
  readonly quarantined: number;
  readonly lastGood: LastGood;
  /** Since when a last good version serves in the place of what is in the input, by `keyOf`. */
  readonly keptSince: ReadonlyMap<string, Date>;
}

/** What was last good before the process started. */
export interface Remembered {
  readonly lastGood: LastGood;
  readonly keptSince: ReadonlyMap<string, Date>;
}

/**
 * The compilation that the first one of a process follows, where it knows what was in service before it: as if it had not ended.
 * It is never published.
 */
export function resume({ lastGood, keptSince }: Remembered, options: CompileOptions): Compilation {
  const documents = [...lastGood.values()].flatMap((definition) => documentOf(definition) ?? []);
  const nothing = { definitions: Definitions.from([]), groups: new Map(), diagnostics: [], unread: [], quarantined: 0 };
  const compilation = compile(documents, options, { ...nothing, lastGood, keptSince });
  return { ...compilation, lastGood, keptSince };
}

const untimed: Stopwatch = (_stage, run) => run();

/**
 * The whole way from documents to bytes: decode, validate, build, translate, encode. It is a function of its arguments alone;
 * `previous` supplies the last good versions; what did not change is shared with it.
 */
export function compile(documents: readonly Document[], options: CompileOptions, previous?: Compilation): Compilation {
  const { policy, at, encoder, stopwatch = untimed, rehearsal } = options;
  const lastGood: LastGood = previous?.lastGood ?? new Map();
  const counting = prevailing(documents);
  const selected = select(counting.documents, policy.selection);
  const classes = policy.selection?.namespace === undefined;
  const decoded = stopwatch('decode', () => expand(selected.documents.map(decode), lastGood, { classes }));
  const since = previous?.keptSince ?? new Map<string, Date>();
  const acceptance = stopwatch('validate', () => {
    const all = keepDeletedSecrets(accept(decoded, lastGood, at, since), lastGood, since, at, selected.left);
    const fitting = keepFitting(all, Definitions.from(all.definitions, previous?.definitions), lastGood, since, at);
    const overlapping = policy.strict
      ? keepOverlap(fitting, lastGood, since, at, (changed) => servedEdges(previous, changed))
      : fitting;
    return rehearsal === undefined ? overlapping : keepRehearsed(overlapping, lastGood, since, at, rehearsal);
  });
  const definitions = Definitions.from(acceptance.definitions, previous?.definitions);
  const unread = options.unread.map((finding) => {
    if (!isMissed(finding.subject, definitions, policy)) return finding;
    acceptance.quarantine.addUnread(finding);
    const consequence = finding.subject && consequenceOf(finding.subject.kind, undefined);
    return consequence === undefined ? finding : { ...finding, consequence };
  });
  const diagnostics = new Set<Diagnostic>([
    ...counting.diagnostics,
    ...selected.diagnostics,
    ...acceptance.diagnostics,
    ...definitions.diagnostics,
    ...(rehearsal?.findings ?? []),
  ]);
  const groups = new Map<string, GroupConfiguration>();
  const quarantined = new Set<string>();
  for (const group of policy.ambassadorId === undefined ? definitions.groups() : [policy.ambassadorId]) {
    const quarantine = acceptance.quarantine.copy();
    const grouped = withoutRedundantHosts(definitions.forGroup(group));
    for (const finding of grouped.diagnostics) diagnostics.add(finding);
    const own = withDefaults(grouped.definitions, quarantine);
    for (const finding of stopwatch('validate', () => validate(own, quarantine, policy, at, selected.left)))
      diagnostics.add(finding);
    for (const key of quarantine.keys()) quarantined.add(key);
    const ir = stopwatch('build', () => buildIr({ definitions: own, quarantine, policy }));
    const resources = stopwatch('translate', () => translate(ir));
    const snapshot = stopwatch('encode', () =>
      buildSnapshot(group, resources, encoder, previous?.groups.get(group)?.snapshot),
    );
    groups.set(group, { ir, snapshot });
  }
  return {
    definitions,
    groups,
    diagnostics: unique([...diagnostics]),
    unread,
    quarantined: quarantined.size,
    lastGood: acceptance.lastGood,
    keptSince: acceptance.keptSince,
  };
}

/** What was accepted by whom in the snapshots before, as far as it is about these Secrets (keys). */
function servedEdges(previous: Compilation | undefined, changed: ReadonlySet<string>): readonly ServedEdge[] {
  const items = inventoryOf([...(previous?.groups.values() ?? [])].map(({ ir }) => ir));
  return edgesOf(items, ({ origins }) => origins.some((origin) => changed.has(keyOf(origin)))).flatMap(
    ({ certificate, bundle }) =>
      certificate.origins.map((leaf) => ({ certificate: keyOf(leaf), bundle: bundle.origins.map(keyOf) })),
  );
}

/** Whether a definition that could not be read would be served if it could. */
function isMissed(subject: Subject | undefined, definitions: Definitions, { selection }: Policy): boolean {
  if (subject === undefined) return false;
  const { kind, namespace, name } = subject;
  if (selection?.namespace !== undefined && namespace !== selection.namespace) return false;
  return !isKind(kind) || definitions.find(kind, namespace, name) === undefined;
}

/** Kinds that belong to every group are judged in each: the same finding is told once. */
function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, message, location, subject }) => {
    const key = JSON.stringify([code, message, location?.file, location?.line, location?.column, subject]);
    return !seen.has(key) && seen.add(key);
  });
}
