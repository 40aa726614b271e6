import { setTimeout as wait } from 'node:timers/promises';
import { type Static, Type } from '@sinclair/typebox';
import Ajv, { type ValidateFunction } from 'ajv';
import { type Api, ApiError } from '../../sources/kubernetes/api';
import { RESOURCE_TYPES, type ResourceType } from '../../snapshot/snapshot';
import type { EnvoyReport } from '../../status';
import { type Sighting, sighted } from './sighting';

/** The ConfigMap in which each replica has a key of its own. */
export const REPLICAS = 'countersign-replicas';

/** Times in milliseconds. */
export interface ReportTiming {
  /** How often a replica looks what the others say, and says what is new. */
  readonly lookMs: number;
  /** How often it says something at the least, so that the others know it lives. */
  readonly beatMs: number;
  /** How long a replica that says nothing new counts. */
  readonly believedMs: number;
  /** After which what it said is removed. */
  readonly forgottenMs: number;
}

const REPORT_TIMING: ReportTiming = {
  lookMs: 3_000,
  beatMs: 10_000,
  believedMs: 30_000,
  forgottenMs: 600_000,
};

/** How long it may take to take back what was said: milliseconds. Others do without after a while. */
const GOODBYE_MS = 2_000;

const Count = Type.Integer({ minimum: 0 });
const Refused = Type.Object({
  type: Type.Unsafe<ResourceType>({ enum: RESOURCE_TYPES }),
  resource: Type.String(),
  by: Type.Array(Type.String()),
});
const Group = Type.Object({ version: Type.String(), envoys: Count, behind: Count, refused: Type.Array(Refused) });
const Word = Type.Object({ at: Type.String(), report: Type.Record(Type.String(), Group) });
type Word = Static<typeof Word>;

let validate: ValidateFunction<Word> | undefined;

/** Compiled when first asked for: no other command needs it. */
function isWord(value: unknown): value is Word {
  validate ??= new Ajv().compile<Word>(Word);
  return validate(value);
}

export interface ReplicaReportsOptions {
  /** Of the ConfigMap. */
  readonly namespace: string;
  /** Tells this replica from the others. */
  readonly identity: string;
  readonly timing?: Partial<ReportTiming>;
  /** Undefined while nothing is published. */
  readonly own: () => EnvoyReport | undefined;
  readonly isLeader: () => boolean;
  /** Others say something else than before. */
  readonly onChange: () => void;
  /** Once, until it goes on. */
  readonly onTrouble: (error: unknown) => void;
  readonly now: () => Date;
}

interface ConfigMap {
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Tells the other replicas what the Envoys of this one say, and hears of theirs: whoever writes statuses writes them for all. Each replica
 * changes its own key only, so that none gets into another’s way.
 */
export class ReplicaReports {
  readonly #api: Api;
  readonly #collection: string;
  readonly #key: string;
  readonly #options: ReplicaReportsOptions;
  readonly #timing: ReportTiming;
  readonly #stop = new AbortController();
  readonly #sightings = new Map<string, Sighting>();
  #said: { readonly report: string; readonly atMs: number } | undefined;
  #others: readonly EnvoyReport[] | undefined;
  #isTroubled = false;
  #running: Promise<void> | undefined;

  constructor(api: Api, options: ReplicaReportsOptions) {
    const { namespace, identity, timing } = options;
    this.#api = api;
    this.#collection = `/api/v1/namespaces/${namespace}/configmaps`;
    // What a key of a ConfigMap may be made of.
    this.#key = identity.replaceAll(/[^-._a-zA-Z0-9]/g, '_').slice(0, 253);
    this.#options = options;
    this.#timing = { ...REPORT_TIMING, ...timing };
  }

  /** Of the other replicas that live; undefined while that can’t be known. */
  get others(): readonly EnvoyReport[] | undefined {
    return this.#others;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Takes back what was said. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    const over = AbortSignal.timeout(GOODBYE_MS);
    if (this.#said !== undefined) await this.#patch({ [this.#key]: null }, over).catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const before = JSON.stringify(this.#others);
      try {
        this.#others = this.#read((await this.#exchange()).data ?? {});
        this.#isTroubled = false;
      } catch (error) {
        this.#others = undefined;
        if (!this.#isTroubled) this.#options.onTrouble(error);
        this.#isTroubled = true;
      }
      if (JSON.stringify(this.#others) !== before) this.#options.onChange();
      await wait(this.#timing.lookMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
    }
  }

  /** Says what is new, or that this replica lives; what the ConfigMap holds then. */
  async #exchange(): Promise<ConfigMap> {
    const own = this.#options.own();
    const nowMs = performance.now();
    const forgotten = this.#options.isLeader() ? this.#forgotten(nowMs) : {};
    if (own === undefined || (this.#isSaid(own, nowMs) && Object.keys(forgotten).length === 0))
      return (await this.#get().catch(unlessMissing)) ?? {};
    const word = JSON.stringify({ at: this.#options.now().toISOString(), report: own });
    const patched = await this.#patch({ ...forgotten, [this.#key]: word }, this.#stop.signal).catch(unlessMissing);
    const map = patched ?? (await this.#create(word));
    this.#said = { report: JSON.stringify(own), atMs: nowMs };
    return map;
  }

  /** Whether it was said, and lately. */
  #isSaid(own: EnvoyReport, nowMs: number): boolean {
    const said = this.#said;
    return said !== undefined && said.report === JSON.stringify(own) && nowMs - said.atMs < this.#timing.beatMs;
  }

  async #get(): Promise<ConfigMap> {
    const path = `${this.#collection}/${REPLICAS}`;
    return (await this.#api.json({ path, signal: this.#stop.signal })) as ConfigMap;
  }

  async #patch(data: Readonly<Record<string, string | null>>, signal: AbortSignal): Promise<ConfigMap> {
    const contentType = 'application/merge-patch+json';
    const path = `${this.#collection}/${REPLICAS}`;
    return (await this.#api.json({ method: 'PATCH', path, contentType, body: { data }, signal })) as ConfigMap;
  }

  async #create(word: string): Promise<ConfigMap> {
    const metadata = { name: REPLICAS, labels: { 'app.kubernetes.io/managed-by': 'countersign' } };
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [this.#key]: word } };
    const signal = this.#stop.signal;
    return (await this.#api.json({ method: 'POST', path: this.#collection, body, signal })) as ConfigMap;
  }

  #read(data: Readonly<Record<string, string>>): readonly EnvoyReport[] {
    const nowMs = performance.now();
    for (const key of this.#sightings.keys()) if (!Object.hasOwn(data, key)) this.#sightings.delete(key);
    return Object.entries(data)
      .filter(([key]) => key !== this.#key)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, word]): readonly EnvoyReport[] => {
        const sighting = sighted(word, this.#sightings.get(key), nowMs);
        this.#sightings.set(key, sighting);
        return nowMs - sighting.seenMs < this.#timing.believedMs ? reportsIn(word) : [];
      });
  }

  /** The keys of replicas that have said nothing for long, to be removed. */
  #forgotten(nowMs: number): Readonly<Record<string, null>> {
    const old = [...this.#sightings].filter(([, { seenMs }]) => nowMs - seenMs >= this.#timing.forgottenMs);
    return Object.fromEntries(old.map(([key]) => [key, null]));
  }
}

/** One; none in what no replica of this version says. */
function reportsIn(word: string): readonly EnvoyReport[] {
  try {
    const value: unknown = JSON.parse(word);
    return isWord(value) ? [value.report] : [];
  } catch {
    return [];
  }
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.status !== 404) throw error;
}
