import { setTimeout as wait } from 'node:timers/promises';
import { type Api, ApiError } from '../../sources/kubernetes/api';
import type { ObjectWithStatus } from '../../sources/kubernetes/object-statuses';
import { pathOf } from '../../sources/kubernetes/resource';

/** Writes in a second, at most: an API server has more to do. */
const RATE = 25;
/** How long after a change it is looked at what is to be written, in milliseconds: changes come in swarms. */
const QUIET_MS = 500;
/** How long it is waited for the API to tell of what was written, in milliseconds. */
const ECHO_MS = 10_000;
/** How long a status is left alone that the API refuses, while nothing about its object changes; in milliseconds. */
const REFUSED_MS = 600_000;
/** What has not been written is tried again. */
const RETRY_MS = 5_000;

/** What is to be merged into the status of an object; undefined: nothing. */
export type Wanted = (object: ObjectWithStatus) => Readonly<Record<string, unknown>> | undefined;

export interface StatusWriterOptions {
  readonly api: Api;
  readonly objects: () => Iterable<ObjectWithStatus>;
  /** What is wanted of each object at this moment; undefined: there is nothing to tell yet. */
  readonly wanted: () => Wanted | undefined;
  readonly isLeader: () => boolean;
  readonly onTrouble: (error: unknown) => void;
}

/** Keeps the status of objects as it should be, by writing those that are not; only while this replica leads. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #stop = new AbortController();
  /** What was written and not yet told of by the API: until when it is waited for. */
  readonly #written = new Map<string, { readonly over: string; readonly untilMs: number }>();
  #due = false;
  #running: Promise<void> | undefined;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** Something may have changed. */
  trigger(): void {
    this.#due = true;
    if (this.#stop.signal.aborted) return;
    this.#running ??= this.#run()
      .catch((error: unknown) => this.#options.onTrouble(error))
      .finally(() => {
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
      const wantedOf = this.#options.wanted();
      if (wantedOf === undefined) return;
      for (const object of this.#options.objects()) {
        if (!this.#options.isLeader() || this.#stop.signal.aborted) return;
        const wanted = wantedOf(object);
        if (wanted === undefined || this.#isWritten(object)) continue;
        try {
          await this.#write(object, wanted);
        } catch (error) {
          if (this.#stop.signal.aborted) return;
          await this.#afterFailure(object, error);
        }
        await this.#sleep(1000 / RATE);
      }
    }
  }

  /** Gone, or changed meanwhile: the API tells of either. What it does not take as it is, it will not take a moment later. */
  async #afterFailure(object: ObjectWithStatus, error: unknown): Promise<void> {
    const isAboutThis = error instanceof ApiError && error.status >= 400 && error.status < 500;
    if (isAboutThis && ![401, 403, 429].includes(error.status)) {
      const isNews = error.status === 404 || error.status === 409;
      if (!isNews) this.#options.onTrouble(error);
      this.#note(object, isNews ? ECHO_MS : REFUSED_MS);
      return;
    }
    this.#options.onTrouble(error);
    await this.#sleep(RETRY_MS);
    this.#due = true;
  }

  #note(object: ObjectWithStatus, forMs: number): void {
    const nowMs = performance.now();
    for (const [key, { untilMs }] of this.#written) if (untilMs <= nowMs) this.#written.delete(key);
    this.#written.set(keyOf(object), { over: object.resourceVersion, untilMs: nowMs + forMs });
  }

  /** Whether the newest that is known of the object is older than what was written: the API will tell. */
  #isWritten(object: ObjectWithStatus): boolean {
    const written = this.#written.get(keyOf(object));
    return written !== undefined && written.over === object.resourceVersion && written.untilMs > performance.now();
  }

  async #write(object: ObjectWithStatus, status: Readonly<Record<string, unknown>>): Promise<void> {
    const { resource, namespace, name, resourceVersion } = object;
    await this.#options.api.json({
      method: 'PATCH',
      path: `${pathOf(resource, namespace)}/${name}/status`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { resourceVersion }, status },
      signal: this.#stop.signal,
    });
    this.#note(object, ECHO_MS);
  }

  async #sleep(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
  }
}

function keyOf({ resource, namespace, name }: ObjectWithStatus): string {
  return `${resource.kind} ${namespace}/${name}`;
}
