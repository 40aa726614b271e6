import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import type { Document } from '../../model/document';
import { Debounce } from '../files/debounce';
import type { Source, SourceState } from '../source';
import { type Api, ApiError } from './api';
import { type ApiObject, readObject } from './api-object';
import { type ObjectDocuments, objectDocuments } from './object-documents';
import { Reflector, type ReflectorTiming, type Trouble } from './reflector';
import { podEntry } from './pod-entry';
import { pathOf, PODS, type Resource, RESOURCES, SECRETS } from './resource';
import { bare, type SecretEntry, secretEntry } from './secret-entry';

export interface KubernetesOptions {
  readonly api: Api;
  /** Only these namespaces are read, and nothing that belongs to the cluster as a whole; default: everything. */
  readonly namespaces?: readonly string[];
  /** Secrets are read in these namespaces only; default: as `namespaces`. */
  readonly secretNamespaces?: readonly string[];
  /** `namespace/name` of the Secrets that definitions refer to; of others, what they hold is not kept. */
  readonly referenced: (documents: readonly Document[]) => ReadonlySet<string>;
  /** Whether definitions need to know of Pods; default: never. */
  readonly needsPods?: (documents: readonly Document[]) => boolean;
  /** Told when a collection can’t be read, and when it can be again (undefined). */
  readonly onTrouble?: (collection: string, trouble: Trouble | undefined) => void;
  readonly timing?: Partial<ReflectorTiming>;
}

/** An object as far as its status goes. */
export interface ObjectWithStatus {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** As the API has it, what others wrote too. */
  readonly status: Readonly<Record<string, unknown>>;
}

/** How long nothing may happen before what has changed is passed on, and how long it may be held back; milliseconds. */
const QUIET_MS = 30;
const MOST_MS = 500;
/** Secrets that are fetched at once. */
const AT_ONCE = 16;

/**
 * The definitions in a Kubernetes API, watched. Nothing is yielded before every collection has been listed to its end; then, while the
 * API can’t be asked, what was known stays.
 */
export class KubernetesSource implements Source {
  readonly #options: KubernetesOptions;
  readonly #reflectors: readonly Reflector<ObjectDocuments>[];
  readonly #pods: readonly Reflector<ObjectDocuments>[];
  readonly #secrets: readonly Reflector<SecretEntry>[];
  readonly #debounce = new Debounce(QUIET_MS, MOST_MS, () => this.#look());
  readonly #statuses = new Map<string, ApiObject>();
  readonly #troubled = new Map<string, Diagnostic>();
  /** What counted as being there when the last state was yielded. */
  readonly #before = new Map<object, ReadonlyMap<string, unknown>>();
  /** What `#wanted` and `#wantsPods` were found for. */
  #wantedBy: readonly Document[] = [];
  #wanted: ReadonlySet<string> = new Set();
  #wantsPods = false;
  #looking = false;
  #again = false;
  #readSeconds = 0;
  #onState: ((state: SourceState) => void) | undefined;
  #published: SourceState | undefined;

  constructor(options: KubernetesOptions) {
    this.#options = options;
    const { api, namespaces, secretNamespaces = namespaces, timing = {} } = options;
    this.#reflectors = RESOURCES.filter(({ scope }) => scope === 'namespaced' || namespaces === undefined).flatMap(
      (resource) =>
        (namespaces ?? [undefined]).map(
          (namespace) =>
            new Reflector<ObjectDocuments>(api, resource, {
              ...(namespace !== undefined && { namespace }),
              timing,
              entryOf: (object, before) => {
                if (resource.hasStatus === true) this.#statuses.set(statusKey(resource.kind, object), object);
                return objectDocuments(object, resource, before);
              },
              listener: {
                changed: (_collection, trouble) => this.#changed(resource, namespace, trouble),
                back: () => this.#wakeAll(),
              },
            }),
        ),
    );
    this.#pods = (namespaces ?? [undefined]).map(
      (namespace) =>
        new Reflector<ObjectDocuments>(api, PODS, {
          ...(namespace !== undefined && { namespace }),
          timing,
          entryOf: podEntry,
          listener: {
            changed: (_collection, trouble) => this.#changed(PODS, namespace, trouble),
            back: () => this.#wakeAll(),
          },
        }),
    );
    this.#secrets = (secretNamespaces ?? [undefined]).map(
      (namespace) =>
        new Reflector<SecretEntry>(api, SECRETS, {
          ...(namespace !== undefined && { namespace }),
          timing,
          entryOf: (object, before) => secretEntry(object, before, this.#isWanted(object.metadata)),
          listener: {
            changed: (_collection, trouble) => this.#changed(SECRETS, namespace, trouble),
            back: () => this.#wakeAll(),
          },
        }),
    );
  }

  /** The objects that have a status, with the one that the API has last told of; those that are gone may still be among them. */
  *withStatus(): Iterable<ObjectWithStatus> {
    for (const { resource, collection } of this.#reflectors) {
      if (resource.hasStatus !== true) continue;
      for (const { object } of collection.entries.values()) {
        const { metadata } = object.value as ApiObject;
        const told = this.#statuses.get(statusKey(resource.kind, { metadata }));
        if (told !== undefined) yield { resource, ...statusOf(told) };
      }
    }
  }

  /** Does not wait for the first state: an API that is away is asked until it is there. */
  start(onState: (state: SourceState) => void): Promise<void> {
    this.#onState = onState;
    for (const reflector of this.#reflectors) reflector.start();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#onState = undefined;
    this.#debounce.stop();
    await Promise.all([...this.#reflectors, ...this.#pods, ...this.#secrets].map((reflector) => reflector.stop()));
  }

  /**
   * Reads everything once.
   *
   * @throws ApiError or an Error of the network, if something that is needed can’t be read.
   */
  async read(): Promise<SourceState> {
    const began = performance.now();
    await Promise.all(this.#reflectors.map((reflector) => reflector.listOnce()));
    this.#findWants();
    if (this.#wantsPods) await Promise.all(this.#pods.map((reflector) => reflector.listOnce()));
    await Promise.all(this.#secrets.map((reflector) => reflector.listOnce()));
    this.#readSeconds = (performance.now() - began) / 1000;
    return this.#state();
  }

  #isWanted({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): boolean {
    return this.#wanted.has(`${namespace}/${name}`);
  }

  /** CRDs are installed together, and an API that is back is back for all. */
  #wakeAll(): void {
    for (const reflector of [...this.#reflectors, ...this.#pods, ...this.#secrets]) reflector.wake();
  }

  #changed(resource: Resource, namespace: string | undefined, trouble: Trouble | undefined): void {
    const collection = pathOf(resource, namespace);
    const known = this.#troubled.get(collection);
    if (trouble === undefined) this.#troubled.delete(collection);
    else if (known === undefined || !known.message.endsWith(trouble.message))
      this.#troubled.set(collection, troubleOf(resource, namespace, trouble));
    if (this.#troubled.get(collection) !== known) this.#options.onTrouble?.(collection, trouble);
    // What is read once is not watched.
    if (this.#onState !== undefined) this.#debounce.trigger();
  }

  /** One look at a time: while Secrets are fetched, further changes wait. */
  #look(): void {
    this.#debounce.rest();
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    void this.#publish().finally(() => {
      this.#looking = false;
      if (!this.#again) return;
      this.#again = false;
      this.#debounce.trigger();
    });
  }

  async #publish(): Promise<void> {
    if (!this.#reflectors.every(({ collection }) => collection.complete)) return;
    const began = performance.now();
    this.#findWants();
    const dependent = [...(this.#wantsPods ? this.#pods : []), ...this.#secrets];
    for (const reflector of dependent) reflector.start();
    if (!dependent.every(({ collection }) => collection.complete)) return;
    this.#readSeconds += (performance.now() - began) / 1000;
    await this.#fetchWanted();
    const state = this.#state();
    this.#readSeconds = 0;
    if (this.#published !== undefined && isSame(state, this.#published)) return;
    this.#published = state;
    this.#onState?.(state);
  }

  #findWants(): void {
    const definitions = this.#definitions();
    // A Secret that has changed makes no difference to what is wanted.
    if (sameItems(definitions, this.#wantedBy)) return;
    this.#wantedBy = definitions;
    this.#wanted = this.#options.referenced(definitions);
    this.#wantsPods = this.#options.needsPods?.(definitions) === true;
  }

  /** Gets what is wanted of Secrets of which nothing was kept, and lets go of what is wanted no longer. */
  async #fetchWanted(): Promise<void> {
    for (const reflector of this.#secrets) {
      const missing = [...reflector.collection.entries].filter(
        ([key, { kept }]) => kept === undefined && this.#wanted.has(key),
      );
      const fetched = new Map<string, SecretEntry>();
      for (let start = 0; start < missing.length; start += AT_ONCE)
        await Promise.all(
          missing.slice(start, start + AT_ONCE).map(async ([key, entry]) => {
            const found = await this.#fetch(entry);
            if (found !== undefined) fetched.set(key, found);
          }),
        );
      reflector.revise((key, entry) => {
        const found = fetched.get(key);
        if (!this.#wanted.has(key)) return bare(entry);
        return entry.kept === undefined && found !== undefined ? found : entry;
      });
    }
  }

  /** Undefined if it is gone meanwhile, or can’t be had: then it is tried again with the next change. */
  async #fetch({ namespace, name }: SecretEntry): Promise<SecretEntry | undefined> {
    try {
      const object = readObject(await this.#options.api.json({ path: `${pathOf(SECRETS, namespace)}/${name}` }));
      return object && secretEntry(object, undefined, true);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) this.#debounce.trigger();
      return undefined;
    }
  }

  #definitions(): readonly Document[] {
    return this.#reflectors.flatMap(({ collection }) =>
      inOrder(collection.entries).flatMap(({ documents }) => documents),
    );
  }

  #state(): SourceState {
    const objects = [...this.#reflectors, ...(this.#wantsPods ? this.#pods : [])].flatMap((reflector) =>
      inOrder(this.#standing(reflector)),
    );
    const secrets = this.#secrets.flatMap((reflector) =>
      inOrder(this.#standing(reflector)).flatMap(({ kept }) => kept ?? []),
    );
    return {
      documents: [...objects, ...secrets].flatMap(({ documents }) => documents),
      diagnostics: [...objects.flatMap(({ diagnostics }) => diagnostics), ...this.#troubled.values()],
      synced: true,
      readSeconds: this.#readSeconds,
    };
  }

  /**
   * What counts as being there. While any collection can’t be read, nothing is taken away of the others either: an API that has lost
   * everything does not lose it all at one moment.
   */
  #standing<Entry>(reflector: Reflector<Entry>): ReadonlyMap<string, Entry> {
    const { entries } = reflector.collection;
    const before = this.#before.get(reflector) as ReadonlyMap<string, Entry> | undefined;
    const gone = this.#troubled.size === 0 ? [] : [...(before ?? [])].filter(([key]) => !entries.has(key));
    const standing = gone.length === 0 ? entries : new Map([...entries, ...gone]);
    this.#before.set(reflector, standing);
    return standing;
  }
}

function statusKey(kind: string, { metadata: { namespace = '', name } }: Pick<ApiObject, 'metadata'>): string {
  return `${kind} ${namespace}/${name}`;
}

function statusOf({ metadata, status }: ApiObject): Omit<ObjectWithStatus, 'resource'> {
  const { namespace = '', name, uid = '', resourceVersion = '', generation = 0 } = metadata;
  const known = (status ?? {}) as Readonly<Record<string, unknown>>;
  return { namespace, name, uid, resourceVersion, generation, status: known };
}

const ordered = new WeakMap<object, readonly unknown[]>();

/** By `namespace/name`, whatever order the API tells them in. */
function inOrder<Entry>(entries: ReadonlyMap<string, Entry>): readonly Entry[] {
  let list = ordered.get(entries);
  if (list === undefined) {
    list = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
    ordered.set(entries, list);
  }
  return list as readonly Entry[];
}

function troubleOf({ plural }: Resource, namespace: string | undefined, { reason, message }: Trouble): Diagnostic {
  const where = namespace === undefined ? plural : `${plural} of namespace ${namespace}`;
  const what = { forbidden: 'may not be read', missing: 'are gone', unreachable: 'cannot be read' }[reason];
  return {
    ...diagnostic('CS6010', { message: `${where} ${what}: ${message}` }),
    consequence: 'what was read before stays in service, and nothing is taken away until it can be read again',
  };
}

/** Documents and diagnostics of what did not change keep their identity. */
function isSame(a: SourceState, b: SourceState): boolean {
  return sameItems(a.documents, b.documents) && sameItems(a.diagnostics, b.diagnostics);
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
