import type { Document } from '../../model/document';
import { Debounce } from '../files/debounce';
import type { Source, SourceState } from '../source';
import type { Api } from './api';
import type { ApiObject } from './api-object';
import type { EntryOf } from './collection';
import { type ObjectDocuments, objectDocuments } from './object-documents';
import { Reflector, type ReflectorTiming, type Trouble } from './reflector';
import { podEntry } from './pod-entry';
import { pathOf, PODS, type Resource, RESOURCES, SECRETS } from './resource';
import { type SecretEntry, secretEntry } from './secret-entry';
import { SecretReader } from './secret-reader';
import { Troubles } from './troubles';

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
  readonly #troubles = new Troubles();
  readonly #secretReader: SecretReader;
  /** What counted as being there when the last state was yielded. */
  readonly #before = new Map<object, ReadonlyMap<string, unknown>>();
  /** What it was last found for which Secrets are wanted, and whether Pods are. */
  #wantedBy: readonly Document[] = [];
  #wantsPods = false;
  #looking = false;
  #again = false;
  #readSeconds = 0;
  #onState: ((state: SourceState) => void) | undefined;
  #published: SourceState | undefined;

  constructor(options: KubernetesOptions) {
    this.#options = options;
    const { api, namespaces, secretNamespaces = namespaces, timing = {} } = options;
    this.#secretReader = new SecretReader(api, () => this.#debounce.trigger());
    const reflect = <Entry>(
      resource: Resource,
      entryOf: EntryOf<Entry>,
      inNamespaces: readonly string[] | undefined = namespaces,
    ): readonly Reflector<Entry>[] =>
      (inNamespaces ?? [undefined]).map(
        (namespace) =>
          new Reflector<Entry>(api, resource, {
            ...(namespace !== undefined && { namespace }),
            timing,
            entryOf,
            listener: {
              changed: (_collection, trouble) => this.#changed(resource, namespace, trouble),
              back: () => this.#wakeAll(),
            },
          }),
      );
    this.#reflectors = RESOURCES.filter(({ scope }) => scope === 'namespaced' || namespaces === undefined).flatMap(
      (resource) =>
        reflect<ObjectDocuments>(resource, (object, before) => {
          if (resource.hasStatus === true) this.#statuses.set(statusKey(resource.kind, object), object);
          return objectDocuments(object, resource, before);
        }),
    );
    this.#pods = reflect(PODS, podEntry);
    this.#secrets = reflect(
      SECRETS,
      (object, before) => secretEntry(object, before, this.#secretReader.wants(object.metadata)),
      secretNamespaces,
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

  /** CRDs are installed together, and an API that is back is back for all. */
  #wakeAll(): void {
    for (const reflector of [...this.#reflectors, ...this.#pods, ...this.#secrets]) reflector.wake();
  }

  #changed(resource: Resource, namespace: string | undefined, trouble: Trouble | undefined): void {
    if (this.#troubles.note(resource, namespace, trouble))
      this.#options.onTrouble?.(pathOf(resource, namespace), trouble);
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
    for (const reflector of this.#secrets) await this.#secretReader.complete(reflector);
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
    this.#secretReader.want(this.#options.referenced(definitions));
    this.#wantsPods = this.#options.needsPods?.(definitions) === true;
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
      diagnostics: [...objects.flatMap(({ diagnostics }) => diagnostics), ...this.#troubles.findings],
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
    const gone = !this.#troubles.any ? [] : [...(before ?? [])].filter(([key]) => !entries.has(key));
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

/** Documents and diagnostics of what did not change keep their identity. */
function isSame(a: SourceState, b: SourceState): boolean {
  return sameItems(a.documents, b.documents) && sameItems(a.diagnostics, b.diagnostics);
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
