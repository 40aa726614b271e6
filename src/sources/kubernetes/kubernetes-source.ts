import type { Document } from '../../model/document';
import { Debounce } from '../files/debounce';
import { isSameState, sameItems } from '../same-state';
import type { Source, SourceState } from '../source';
import type { Api } from './api';
import type { EntryOf } from './collection';
import { type ObjectDocuments, objectDocuments } from './object-documents';
import { Reflector, type ReflectorTiming, type Trouble } from './reflector';
import { podEntry } from './pod-entry';
import { pathOf, PODS, type Resource, RESOURCES, SECRETS } from './resource';
import { type SecretEntry, secretEntry } from './secret-entry';
import { ObjectStatuses, type ObjectWithStatus } from './object-statuses';
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
  /** A bug of ours: what was yielded last stays. */
  readonly onFailure?: (error: unknown) => void;
  /** Told when a collection can’t be read, and when it can be again (undefined). */
  readonly onTrouble?: (collection: string, trouble: Trouble | undefined) => void;
  readonly timing?: Partial<ReflectorTiming>;
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
  readonly #statuses = new ObjectStatuses();
  readonly #troubles = new Troubles();
  readonly #secretReader: SecretReader;
  /** What counted as being there when the last state was yielded. */
  readonly #before = new Map<object, ReadonlyMap<string, unknown>>();
  /** What it was last found for which Secrets are wanted, and whether Pods are. */
  #wantedBy: readonly Document[] = [];
  #wantsPods = false;
  #besides: readonly Document[] = [];
  /** Somebody waits for the next state, whether or not it is a new one. */
  #isAwaited = false;
  #looking = false;
  #again = false;
  #readSeconds = 0;
  #onState: ((state: SourceState) => void) | undefined;
  #published: SourceState | undefined;

  constructor(options: KubernetesOptions) {
    this.#options = options;
    const { api, namespaces, secretNamespaces = namespaces, timing = {} } = options;
    this.#secretReader = new SecretReader(api, {
      again: () => this.#look(),
      onTrouble: (path, message) => options.onTrouble?.(path, { reason: 'unreachable', message }),
    });
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
          if (resource.hasStatus === true) this.#statuses.note(resource, object);
          return objectDocuments(object, resource, before);
        }),
    );
    this.#pods = reflect(PODS, podEntry);
    this.#secrets = reflect(
      SECRETS,
      (object, before, isListed) =>
        secretEntry(object, before, { isWanted: this.#secretReader.wants(object.metadata), isListed }),
      secretNamespaces,
    );
  }

  /** The objects that have a status, with the one that the API has last told of. */
  withStatus(): Iterable<ObjectWithStatus> {
    return this.#statuses.all;
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
    this.#secretReader.stop();
    await Promise.all([...this.#reflectors, ...this.#pods, ...this.#secrets].map((reflector) => reflector.stop()));
  }

  /**
   * Reads everything once.
   *
   * @param besides what else names Secrets
   * @throws ApiError or an Error of the network, if something that is needed can’t be read.
   */
  async read(besides: readonly Document[] = []): Promise<SourceState> {
    this.#besides = besides;
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
    if (resource.hasStatus === true) this.#statuses.keep(resource, this.#entriesOf(resource));
    const isIdle = resource === PODS && !this.#wantsPods;
    if (this.#troubles.note(resource, namespace, isIdle ? undefined : trouble))
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
    const done = this.#publish().catch((error: unknown) => this.#options.onFailure?.(error));
    void done.finally(() => {
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
    if (!(await this.#secretReader.haveAll(this.#secrets, () => this.#findWants()))) return;
    const state = this.#state();
    this.#readSeconds = 0;
    if (!this.#isAwaited && this.#published !== undefined && isSameState(state, this.#published)) return;
    this.#published = state;
    this.#isAwaited = false;
    this.#onState?.(state);
  }

  /**
   * Told what else there is that may name Secrets: what other sources have, and what is last good. False if something of that is to be read
   * first; a state is yielded then.
   */
  heed(besides: readonly Document[]): boolean {
    if (sameItems(besides, this.#besides)) return !this.#isAwaited;
    this.#besides = besides;
    if (!this.#reflectors.every(({ collection }) => collection.complete)) return false;
    this.#findWants();
    this.#isAwaited = !this.#secretReader.has(this.#secrets);
    if (this.#isAwaited) this.#look();
    return !this.#isAwaited;
  }

  #findWants(): void {
    const own = this.#definitions();
    const definitions = [...own, ...this.#besides];
    // A Secret that has changed makes no difference to what is wanted.
    if (sameItems(definitions, this.#wantedBy)) return;
    this.#wantedBy = definitions;
    const { referenced } = this.#options;
    // Of two of one name the first counts, and what is last good has the name of what it stands for.
    const alsoNamed = this.#besides.length === 0 ? [] : referenced([...this.#besides, ...own]);
    this.#secretReader.want(new Set([...referenced(definitions), ...alsoNamed]));
    this.#wantsPods = this.#options.needsPods?.(definitions) === true;
    if (!this.#wantsPods) this.#troubles.forget(PODS);
  }

  #entriesOf(resource: Resource): readonly ReadonlyMap<string, unknown>[] {
    const own = this.#reflectors.filter((reflector) => reflector.resource === resource);
    return own.map(({ collection }) => collection.entries);
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
      diagnostics: [
        ...objects.flatMap(({ diagnostics }) => diagnostics),
        ...this.#troubles.findings,
        ...this.#secretReader.findings,
      ],
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
    const gone = !this.#troubles.suspend ? [] : [...(before ?? [])].filter(([key]) => !entries.has(key));
    const standing = gone.length === 0 ? entries : new Map([...entries, ...gone]);
    this.#before.set(reflector, standing);
    return standing;
  }
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
