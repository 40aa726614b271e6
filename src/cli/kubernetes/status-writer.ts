import { setTimeout as wait } from 'node:timers/promises';
import { type Api, ApiError } from '../../sources/kubernetes/api';
import type { ObjectWithStatus } from '../../sources/kubernetes/kubernetes-source';
import { pathOf } from '../../sources/kubernetes/resource';
import { type Condition, CONDITION_TYPES, type Conditions } from '../../status';

/** Writes in a second, at most: an API server has more to do. */
const RATE = 25;
/** How long after a change it is looked at what is to be written, in milliseconds: changes come in swarms. */
const QUIET_MS = 500;
/** How long it is waited for the API to tell of what was written, in milliseconds. */
const ECHO_MS = 10_000;
/** What has not been written is tried again. */
const RETRY_MS = 5_000;

export interface StatusWriterOptions {
  readonly api: Api;
  readonly objects: () => Iterable<ObjectWithStatus>;
  /** Undefined: there is nothing to tell yet. */
  readonly conditions: () => Conditions | undefined;
  readonly isLeader: () => boolean;
  readonly now: () => Date;
  readonly onTrouble: (error: unknown) => void;
}

/** Keeps the conditions on objects as they should be, by writing those that are not; only while this replica leads. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #stop = new AbortController();
  /** What was written and not yet told of by the API: until when it is waited for. */
  readonly #written = new Map<string, { readonly text: string; readonly untilMs: number }>();
  #due = false;
  #running: Promise<void> | undefined;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** Something may have changed. */
  trigger(): void {
    this.#due = true;
    if (this.#stop.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#due && !this.#stop.signal.aborted) {
      await this.#sleep(QUIET_MS);
      this.#due = false;
      const conditions = this.#options.conditions();
      if (conditions === undefined) return;
      for (const object of this.#options.objects()) {
        if (!this.#options.isLeader() || this.#stop.signal.aborted) return;
        const { resource, namespace, name } = object;
        const wanted = conditions.of({ kind: resource.kind, namespace, name });
        if (this.#isTold(object, wanted)) continue;
        try {
          await this.#write(object, wanted);
        } catch (error) {
          if (this.#stop.signal.aborted) return;
          // Gone, or changed meanwhile: the API tells of either.
          if (!(error instanceof ApiError && [404, 409].includes(error.status))) {
            this.#options.onTrouble(error);
            await this.#sleep(RETRY_MS);
          }
          this.#due = true;
        }
        await this.#sleep(1000 / RATE);
      }
    }
  }

  #isTold(object: ObjectWithStatus, wanted: readonly Condition[]): boolean {
    if (isSame(object, wanted)) return true;
    const written = this.#written.get(keyOf(object));
    return written !== undefined && written.text === textOf(object, wanted) && written.untilMs > performance.now();
  }

  async #write(object: ObjectWithStatus, wanted: readonly Condition[]): Promise<void> {
    const { resource, namespace, name, resourceVersion, generation } = object;
    const now = this.#options
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    const foreign = object.conditions.filter(({ type }) => !CONDITION_TYPES.has(String(type)));
    const own = wanted.map((condition) => {
      const before = object.conditions.find(({ type }) => type === condition.type);
      const since = before?.['status'] === condition.status ? before['lastTransitionTime'] : undefined;
      return { ...condition, observedGeneration: generation, lastTransitionTime: since ?? now };
    });
    await this.#options.api.json({
      method: 'PATCH',
      path: `${pathOf(resource, namespace)}/${name}/status`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { resourceVersion }, status: { conditions: [...foreign, ...own] } },
      signal: this.#stop.signal,
    });
    this.#written.set(keyOf(object), { text: textOf(object, wanted), untilMs: performance.now() + ECHO_MS });
  }

  async #sleep(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
  }
}

function isSame({ conditions, generation }: ObjectWithStatus, wanted: readonly Condition[]): boolean {
  const own = conditions.filter(({ type }) => CONDITION_TYPES.has(String(type)));
  return (
    own.length === wanted.length &&
    wanted.every((condition) => {
      const told = own.find(({ type }) => type === condition.type);
      return (
        told !== undefined &&
        told['status'] === condition.status &&
        told['reason'] === condition.reason &&
        told['message'] === condition.message &&
        told['observedGeneration'] === generation
      );
    })
  );
}

function keyOf({ resource, namespace, name }: ObjectWithStatus): string {
  return `${resource.kind} ${namespace}/${name}`;
}

function textOf({ generation }: ObjectWithStatus, wanted: readonly Condition[]): string {
  return JSON.stringify([generation, wanted]);
}
