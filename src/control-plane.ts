import { type Compilation, type RehearsalOutcome, type Remembered, type Stage, compile, resume } from './compile';
import type { Diagnostic } from './diagnostics/diagnostic';
import type { MessageName } from './protos';
import { documentOf } from './model/decode';
import type { Document } from './model/document';
import type { Policy } from './resolution/policy';
import type { ResourceEncoder } from './snapshot/resource-encoder';
import type { SnapshotStore } from './snapshot/store';
import { DeletionGuard } from './sources/deletion-guard';
import type { FollowingSource, Source, SourceState } from './sources/source';

/** How often certificates are judged anew though no definition changed, in milliseconds: validity begins and ends by itself. */
const REJUDGE_INTERVAL_MS = 10 * 60_000;

/** The stages of a compilation, and what happens around it. */
export type TimedStage = 'read' | Stage | 'push';

/** What happened in one compilation, for logs and metrics. */
export interface CompilationReport {
  readonly compilation: Compilation;
  /** Findings of now, those of the sources among them. */
  readonly diagnostics: readonly Diagnostic[];
  /** Findings that were not there before. */
  readonly raised: readonly Diagnostic[];
  /** Findings that are gone. */
  readonly settled: readonly Diagnostic[];
  /** Node groups whose snapshot changed. */
  readonly published: readonly string[];
  /** Seconds spent in each stage; `push` is the time until the streams know that there is something new. */
  readonly stageSeconds: ReadonlyMap<TimedStage, number>;
}

/** Makes handshakes with the upstreams of a configuration before, or after, it is published. */
export interface Rehearser {
  /** What has been found so far. */
  outcome(): RehearsalOutcome;
  /** Begins with what is new in `candidate`; returns what has to wait for the result, as `RehearsalOutcome.waiting`. */
  begin(candidate: Compilation, served: Compilation | undefined): RehearsalOutcome['waiting'];
}

export interface ControlPlaneOptions {
  readonly sources: readonly Source[];
  /** Reads what the definitions of those need. */
  readonly following?: FollowingSource;
  readonly policy: Policy;
  readonly encoder: ResourceEncoder<MessageName>;
  readonly store: SnapshotStore;
  readonly now: () => Date;
  /** Of the definitions, 0 to 1, that may be gone at once; 1: all of them, at the start too. */
  readonly maxDeletion: number;
  /** What was in service before the process started. */
  readonly restored?: Remembered & { readonly input: readonly Document[] };
  /** Absent: nothing is rehearsed. */
  readonly rehearser?: Rehearser;
  readonly onCompiled: (report: CompilationReport) => void;
  /** Every source has synced, and there is not one definition: nothing is published, lest Envoys that have something lose it. */
  readonly onNothing: () => void;
  /** A bug of ours: the last good snapshots stay. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Joins the sources to the snapshots: waits until every source has synced, compiles whatever there is each time one of them
 * changes, and publishes what came out differently. A compilation that throws changes nothing.
 */
export class ControlPlane {
  readonly #options: ControlPlaneOptions;
  readonly #guard: DeletionGuard;
  readonly #states = new Map<Source, SourceState>();
  #compilation: Compilation | undefined;
  #known: ReadonlyMap<string, Diagnostic> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #readSeconds = 0;
  #telling = false;

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
    this.#guard = new DeletionGuard(options.maxDeletion, options.restored?.input);
  }

  /** Lets a deletion that is held back go, if that is its token. */
  confirmDeletion(token: string): boolean {
    if (!this.#guard.confirm(token)) return false;
    this.#compile();
    return true;
  }

  /** Resolves once every source has yielded its first state. @throws what a source throws that can't be reached at all. */
  async start(): Promise<void> {
    const { sources, following } = this.#options;
    await following?.start((state) => this.#hear(following, state));
    await Promise.all(sources.map((source) => source.start((state) => this.#receive(source, state))));
    this.#timer = setInterval(() => this.#compile(), REJUDGE_INTERVAL_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#all.map((source) => source.stop()));
  }

  /** Whether every source has synced and its definitions have been compiled. */
  get ready(): boolean {
    return this.#compilation !== undefined;
  }

  /** Everything that is in the input, with what the deletion guard holds back. */
  get input(): readonly Document[] {
    return this.#guard.inService;
  }

  get compilation(): Compilation | undefined {
    return this.#compilation;
  }

  /** Findings of the newest compilation. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.#known.values()];
  }

  /** Compiles what there is once more: something that it depends on has changed. */
  recompile(): void {
    this.#compile();
  }

  /** The candidate; or, while Secrets of it wait for their rehearsal, everything but those. */
  #rehearsed(served: Compilation | undefined, compileWith: (rehearsal?: RehearsalOutcome) => Compilation): Compilation {
    const { rehearser } = this.#options;
    if (rehearser === undefined) return compileWith();
    const outcome = rehearser.outcome();
    const candidate = compileWith(outcome);
    const waiting = rehearser.begin(candidate, served);
    return waiting.size === 0 ? candidate : compileWith({ ...outcome, waiting });
  }

  get #all(): readonly Source[] {
    const { sources, following } = this.#options;
    return following === undefined ? sources : [...sources, following];
  }

  #receive(source: Source, state: SourceState): void {
    this.#note(source, state);
    this.#compile();
  }

  /** What the following source yields while it is told of something new is compiled together with that. */
  #hear(source: FollowingSource, state: SourceState): void {
    this.#note(source, state);
    if (!this.#telling) this.#compile();
  }

  #note(source: Source, state: SourceState): void {
    this.#states.set(source, state);
    this.#readSeconds += state.readSeconds;
  }

  /** Says what is there, and what is last good: a definition that was made worse still needs what it needed. */
  #tell(): void {
    const { sources, following } = this.#options;
    const states = sources.map((source) => this.#states.get(source));
    if (following === undefined || !states.every((state) => state?.synced === true)) return;
    const kept = [...((this.#compilation ?? this.#options.restored)?.lastGood.values() ?? [])];
    this.#telling = true;
    try {
      following.follow([
        ...states.flatMap((state) => state?.documents ?? []),
        ...kept.flatMap((definition) => documentOf(definition) ?? []),
      ]);
    } catch (error) {
      this.#options.onFailure(error);
    } finally {
      this.#telling = false;
    }
  }

  /** Whether no source has to read something first, for what others name. */
  #areHeeded(): boolean {
    const compilation = this.#compilation ?? this.#options.restored;
    const kept = [...(compilation?.keptSince.keys() ?? [])].flatMap((key) => compilation?.lastGood.get(key) ?? []);
    const lastGood = kept.flatMap((definition) => documentOf(definition) ?? []);
    return this.#options.sources
      .map((source) => {
        const others = this.#options.sources.filter((other) => other !== source);
        const documents = others.flatMap((other) => this.#states.get(other)?.documents ?? []);
        return source.heed?.([...documents, ...lastGood]) ?? true;
      })
      .every(Boolean);
  }

  #compile(): void {
    const { policy, encoder, store, now, onCompiled, onFailure } = this.#options;
    this.#tell();
    const states = this.#all.flatMap((source) => this.#states.get(source) ?? []);
    if (states.length < this.#all.length || !states.every(({ synced }) => synced)) return;
    if (!this.#areHeeded()) return;
    const stageSeconds = new Map<TimedStage, number>([['read', this.#readSeconds]]);
    this.#readSeconds = 0;
    const stopwatch = <T>(stage: TimedStage, run: () => T): T => {
      const start = performance.now();
      const result = run();
      stageSeconds.set(stage, (stageSeconds.get(stage) ?? 0) + (performance.now() - start) / 1000);
      return result;
    };
    try {
      const guarded = this.#guard.judge(states.flatMap((state) => state.documents));
      if (guarded === undefined) {
        this.#options.onNothing();
        return;
      }
      const { documents } = guarded;
      const unread = [...states.flatMap((state) => state.diagnostics), ...guarded.diagnostics];
      const options = { policy, at: now(), encoder, stopwatch, unread };
      const previous = this.#compilation ?? this.#resumed();
      const compilation = this.#rehearsed(previous, (rehearsal) =>
        compile(documents, { ...options, ...(rehearsal && { rehearsal }) }, previous),
      );
      const published = stopwatch('push', () => publish(compilation, store));
      const diagnostics = [...compilation.unread, ...compilation.diagnostics];
      const current = new Map(diagnostics.map((finding) => [identity(finding), finding]));
      const raised = [...current].filter(([key]) => !this.#known.has(key)).map(([, finding]) => finding);
      const settled = [...this.#known].filter(([key]) => !current.has(key)).map(([, finding]) => finding);
      this.#compilation = compilation;
      this.#known = current;
      onCompiled({ compilation, diagnostics, raised, settled, published, stageSeconds });
      // What has become last good may name what the sources have let go; they yield again then.
      this.#areHeeded();
    } catch (error) {
      onFailure(error);
    }
  }

  /** A bug that what is remembered brings to light must not keep the input from being served. */
  #resumed(): Compilation | undefined {
    const { restored, policy, encoder, now, onFailure } = this.#options;
    if (restored === undefined) return undefined;
    try {
      return resume(restored, { policy, at: now(), encoder, unread: [] });
    } catch (error) {
      onFailure(error);
      return undefined;
    }
  }
}

/** Publishes the snapshots that changed; returns their groups. */
function publish({ groups }: Compilation, store: SnapshotStore): readonly string[] {
  const changed = [...groups].filter(([group, { snapshot }]) => store.get(group) !== snapshot);
  store.set(...changed.map(([, { snapshot }]) => snapshot));
  return changed.map(([group]) => group);
}

/** A finding stays the same one while its definition merely moves within the file. */
function identity({ code, message, subject, location }: Diagnostic): string {
  const place =
    subject === undefined
      ? [location?.file, location?.line, location?.column]
      : [subject.kind, subject.namespace, subject.name];
  return JSON.stringify([code, message, ...place]);
}
