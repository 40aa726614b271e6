import { setTimeout as wait } from 'node:timers/promises';
import { type Api, ApiError } from './api';
import { type ApiObject, readObject } from './api-object';
import { Backoff } from './backoff';
import { absent, type Collection, emptyCollection, type EntryOf, listed, watched } from './collection';
import { lineBatches } from './line-batches';
import { pathOf, type Resource } from './resource';
import { readWatchEvent } from './watch-event';

/** Times in milliseconds. */
export interface ReflectorTiming {
  /** The first and the longest time before another try. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
  /** How often a collection that is not there is looked for. */
  readonly absentMs: number;
  /** How long a watch may be silent: the API sends a bookmark about every minute. */
  readonly silenceMs: number;
}

export const REFLECTOR_TIMING: ReflectorTiming = {
  retryMs: 500,
  longestRetryMs: 10_000,
  absentMs: 5_000,
  silenceMs: 150_000,
};

/** Seconds after which the API ends a watch by itself. */
const WATCH_SECONDS = 300;
/** Objects of one page of a list. */
const PAGE = 500;
/** The shortest watch that is worth its request, in milliseconds. */
const SHORTEST_WATCH_MS = 1_000;
const GONE = 410;
const NOT_FOUND = 404;

/** Why a collection is not what the API has now. */
export interface Trouble {
  readonly reason: 'forbidden' | 'missing' | 'unreachable';
  readonly message: string;
}

interface Listener<Entry> {
  /** After every change of what is known, and of whether it is current. */
  changed(collection: Collection<Entry>, trouble: Trouble | undefined): void;
  /** After a collection that was not there, or could not be read, has been listed. */
  back(): void;
}

/**
 * Keeps one collection equal to the API’s: lists it page by page, watches it from there, and lists it again where a watch can’t go on. As
 * long as it can’t be asked, what was known stays.
 */
export class Reflector<Entry> {
  readonly resource: Resource;
  readonly #api: Api;
  readonly #entryOf: EntryOf<Entry>;
  readonly #listener: Listener<Entry>;
  readonly #query: Readonly<Record<string, string | undefined>>;
  readonly #namespace: string | undefined;
  readonly #timing: ReflectorTiming;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  #collection: Collection<Entry> = emptyCollection();
  #trouble: Trouble | undefined;
  #running: Promise<void> | undefined;
  /** Whether the API has no such collection. */
  #isAway = false;
  /** Whether the watch ended with the connection, and has not gone on since. */
  #wasCut = false;
  #asleep: AbortController | undefined;

  /** @param query `labelSelector` and `fieldSelector`, if anything is left out */
  constructor(
    api: Api,
    resource: Resource,
    options: {
      readonly namespace?: string;
      readonly query?: Readonly<Record<string, string | undefined>>;
      readonly timing?: Partial<ReflectorTiming>;
      readonly entryOf: EntryOf<Entry>;
      readonly listener: Listener<Entry>;
    },
  ) {
    this.resource = resource;
    this.#api = api;
    this.#namespace = options.namespace;
    this.#query = options.query ?? {};
    this.#entryOf = options.entryOf;
    this.#listener = options.listener;
    this.#timing = { ...REFLECTOR_TIMING, ...options.timing };
    this.#backoff = new Backoff(this.#timing.retryMs, this.#timing.longestRetryMs);
  }

  get collection(): Collection<Entry> {
    return this.#collection;
  }

  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Tries again at once, if it waits to: others can be read again, or have come into being. */
  wake(): void {
    this.#asleep?.abort();
  }

  /** Replaces entries by what `change` makes of them, without anybody being told. */
  revise(change: (key: string, entry: Entry) => Entry): void {
    const { entries } = this.#collection;
    const revised = [...entries].map(([key, entry]): [string, Entry] => [key, change(key, entry)]);
    if (revised.every(([key, entry]) => entries.get(key) === entry)) return;
    this.#collection = { ...this.#collection, entries: new Map(revised) };
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /**
   * Lists the collection once, without watching it.
   *
   * @throws ApiError, but for one that is not there or, if it is optional, may not be read; Error of the network.
   */
  async listOnce(): Promise<Collection<Entry>> {
    try {
      await this.#list();
    } catch (error) {
      if (!this.#isAbsent(error)) throw error;
      this.#publish(absent(), undefined);
    }
    return this.#collection;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        if (this.#collection.resourceVersion === undefined) await this.#list();
        const began = performance.now();
        await this.#watch();
        // One that ends as soon as it begins tells of somebody in between who does not want it.
        if (performance.now() - began < SHORTEST_WATCH_MS) await this.#sleep(this.#backoff.next());
        else this.#backoff.reset();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        await this.#sleep(this.#afterFailure(error));
      }
    }
  }

  async #sleep(ms: number): Promise<void> {
    this.#asleep = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, this.#asleep.signal]);
    await wait(ms, undefined, { signal, ref: false }).catch(() => undefined);
    this.#asleep = undefined;
  }

  /** What a failure means for what is known; returns how long to wait, in milliseconds. */
  #afterFailure(error: unknown): number {
    const known = this.#collection;
    const unsure: Collection<Entry> = { entries: known.entries, complete: known.complete };
    if (error instanceof ApiError && error.status === GONE) {
      this.#publish(unsure, this.#trouble);
      return 0;
    }
    this.#isAway = this.#isAbsent(error);
    if (this.#isAway) {
      // An API server that starts knows its own collections later than it answers. What was there is not gone by that.
      const trouble: Trouble =
        error instanceof ApiError && error.status !== NOT_FOUND
          ? { reason: 'forbidden', message: error.message }
          : { reason: 'missing', message: 'the API has no such collection any more' };
      if (known.entries.size > 0) this.#publish(unsure, trouble);
      else this.#publish(absent(), undefined);
      this.#backoff.reset();
      return this.#timing.absentMs * (0.5 + Math.random());
    }
    const isRefused = error instanceof ApiError;
    // A watch that was cut goes on where it was. If that can’t be, the API may be another one when it is back.
    if (!isRefused && known.resourceVersion !== undefined && !this.#wasCut) {
      this.#wasCut = true;
      return this.#backoff.next();
    }
    const message = error instanceof Error ? error.message : 'unknown';
    const reason = isRefused && [401, 403].includes(error.status) ? 'forbidden' : 'unreachable';
    this.#publish(unsure, { reason, message });
    return this.#backoff.next(isRefused ? error.retryAfterMs : undefined);
  }

  #isAbsent(error: unknown): boolean {
    if (!(error instanceof ApiError)) return false;
    return error.status === NOT_FOUND || (this.resource.optional === true && error.status === 403);
  }

  async #list(): Promise<void> {
    const objects: ApiObject[] = [];
    let [resourceVersion, next] = ['', ''];
    do {
      const page = (await this.#api.json({
        path: this.#path,
        query: { ...this.#query, limit: PAGE, continue: next === '' ? undefined : next },
        signal: this.#stop.signal,
      })) as {
        readonly items?: readonly unknown[];
        readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
      };
      for (const item of page.items ?? []) {
        const object = readObject(item);
        if (object !== undefined) objects.push(object);
      }
      resourceVersion = page.metadata?.resourceVersion ?? '';
      next = page.metadata?.continue ?? '';
    } while (next !== '');
    this.#backoff.reset();
    const isBack = this.#isAway || this.#trouble !== undefined;
    this.#isAway = false;
    this.#publish(listed(this.#collection, objects, resourceVersion, this.#entryOf), undefined);
    if (isBack) this.#listener.back();
  }

  async #watch(): Promise<void> {
    const answer = await this.#api.stream(
      {
        path: this.#path,
        query: {
          ...this.#query,
          watch: true,
          allowWatchBookmarks: true,
          resourceVersion: this.#collection.resourceVersion,
          timeoutSeconds: Math.round(WATCH_SECONDS * (1 + Math.random())),
        },
        signal: this.#stop.signal,
      },
      this.#timing.silenceMs,
    );
    this.#wasCut = false;
    if (this.#trouble !== undefined) this.#publish(this.#collection, undefined);
    for await (const lines of lineBatches(answer)) {
      const events = lines.flatMap((line) => readWatchEvent(line) ?? []);
      this.#publish(watched(this.#collection, events, this.#entryOf), undefined);
      const failed = events.find((event) => event.type === 'ERROR');
      if (failed !== undefined) throw new ApiError(failed.code, failed.message);
    }
  }

  get #path(): string {
    return pathOf(this.resource, this.#namespace);
  }

  #publish(collection: Collection<Entry>, trouble: Trouble | undefined): void {
    const { entries, complete } = this.#collection;
    const news =
      collection.entries !== entries ||
      collection.complete !== complete ||
      trouble?.reason !== this.#trouble?.reason ||
      trouble?.message !== this.#trouble?.message;
    this.#collection = collection;
    this.#trouble = trouble;
    if (news) this.#listener.changed(collection, trouble);
  }
}
