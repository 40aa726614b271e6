import { isDeepStrictEqual } from 'node:util';
import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import type { ConsulDemand, DocumentName } from '../../model/consul-demand';
import { isFields } from '../../model/decoding/problem';
import type { Document } from '../../model/document';
import { holderOf } from '../../model/embedded';
import { Debounce } from '../files/debounce';
import type { FollowingSource, SourceState } from '../source';
import { ObjectDocument } from '../yaml/object-document';
import { ConsulApi } from './consul-api';
import { type DocumentValue, endpointsDocument, leafDocument, rootsDocument } from './demand-documents';
import { Inquiry } from './inquiry';
import { instancesNeed, leafNeed, type Need, rootsNeed } from './needs';

export interface ConsulOptions {
  /** What definitions need of Consul. */
  readonly demands: (documents: readonly Document[]) => readonly ConsulDemand[];
  /** For addresses that name some. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** As for Kubernetes: a rotation tells of roots and certificates one after the other. In milliseconds. */
const QUIET_MS = 30;
const MOST_MS = 500;

/**
 * What the definitions of other sources need of Consul: endpoints of services, and certificates and roots of Consul Connect, as documents. What
 * was answered stays for as long as it is needed and Consul does not say otherwise.
 */
export class ConsulSource implements FollowingSource {
  readonly #options: ConsulOptions;
  readonly #apis = new Map<string, ConsulApi>();
  readonly #inquiries = new Map<string, Inquiry<unknown>>();
  readonly #debounce = new Debounce(QUIET_MS, MOST_MS, () => this.#publish());
  /** The last of each name. */
  readonly #documents = new Map<string, Document>();
  #demands: readonly ConsulDemand[] = [];
  #onState: ((state: SourceState) => void) | undefined;
  #published: SourceState | undefined;

  constructor(options: ConsulOptions) {
    this.#options = options;
  }

  start(onState: (state: SourceState) => void): Promise<void> {
    this.#onState = onState;
    return Promise.resolve();
  }

  /** Yields at once: not synced, if something has to be asked first. Documents of Consul among `documents` stand until it answers. */
  follow(documents: readonly Document[]): void {
    const demands = this.#options.demands(documents);
    if (this.#published !== undefined && isDeepStrictEqual(demands, this.#demands)) return;
    this.#demands = demands;
    const needed = new Map(demands.flatMap(needsOf).map((need) => [need.key, need]));
    for (const [key, inquiry] of this.#inquiries) {
      if (needed.has(key)) continue;
      inquiry.end();
      this.#inquiries.delete(key);
    }
    for (const need of needed.values()) if (!this.#inquiries.has(need.key)) this.#inquire(need);
    this.#closeUnused(needed);
    const names = new Set(demands.flatMap(namesOf));
    for (const name of this.#documents.keys()) if (!names.has(name)) this.#documents.delete(name);
    for (const document of documents) {
      const name = nameOf(document);
      if (names.has(name) && !this.#documents.has(name)) this.#documents.set(name, document);
    }
    this.#publish();
  }

  stop(): Promise<void> {
    this.#onState = undefined;
    this.#debounce.stop();
    for (const inquiry of this.#inquiries.values()) inquiry.end();
    for (const api of this.#apis.values()) api.close();
    return Promise.resolve();
  }

  #inquire({ key, access, question, read }: Need<unknown>): void {
    const accessKey = JSON.stringify(access);
    const api = this.#apis.get(accessKey) ?? new ConsulApi(access, this.#options.variables);
    this.#apis.set(accessKey, api);
    this.#inquiries.set(key, new Inquiry(api, question, read, () => this.#debounce.trigger()));
  }

  #closeUnused(needed: ReadonlyMap<string, Need<unknown>>): void {
    const used = new Set([...needed.values()].map(({ access }) => JSON.stringify(access)));
    for (const [key, api] of this.#apis) {
      if (used.has(key)) continue;
      api.close();
      this.#apis.delete(key);
    }
  }

  #publish(): void {
    this.#debounce.rest();
    const began = performance.now();
    const synced = [...this.#inquiries.values()].every(({ settled }) => settled);
    for (const value of this.#demands.flatMap((demand) => this.#valuesOf(demand))) this.#keep(value);
    const state: SourceState = {
      documents: [...this.#documents].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, document]) => document),
      diagnostics: this.#demands.flatMap((demand) => this.#findings(demand)),
      synced,
      readSeconds: (performance.now() - began) / 1000,
    };
    if (this.#published !== undefined && isSame(state, this.#published)) return;
    this.#published = state;
    this.#onState?.(state);
  }

  /** The same document for the same value. */
  #keep(value: DocumentValue): void {
    const made = new ObjectDocument(value, fileOf(value));
    const name = nameOf(made);
    if (!isDeepStrictEqual(this.#documents.get(name)?.value, value)) this.#documents.set(name, made);
  }

  /** What has been answered. */
  #valuesOf(demand: ConsulDemand): readonly DocumentValue[] {
    const { resolver } = demand;
    const roots = this.#contentOf(rootsNeed(demand));
    return [
      ...demand.services.flatMap((service) => {
        const instances = this.#contentOf(instancesNeed(demand, service));
        // Proxies of a trust domain that is not known can't be verified.
        const ready = instances !== undefined && (!service.connect || roots !== undefined);
        return ready ? [endpointsDocument(demand, service, instances, roots)] : [];
      }),
      ...demand.identities.flatMap((identity) => {
        const leaf = this.#contentOf(leafNeed(demand, identity));
        return leaf === undefined ? [] : identity.secrets.map((secret) => leafDocument(secret, resolver, leaf));
      }),
      ...(roots === undefined ? [] : demand.roots.map((secret) => rootsDocument(secret, resolver, roots))),
    ];
  }

  #contentOf<Content>({ key }: Need<Content>): Content | undefined {
    // A key says how the answer is read, so it is of that type.
    return this.#inquiries.get(key)?.content as Content | undefined;
  }

  #findings(demand: ConsulDemand): readonly Diagnostic[] {
    const { namespace, name } = demand.resolver;
    return needsOf(demand).flatMap(({ key, about }): readonly Diagnostic[] => {
      const notice = this.#inquiries.get(key)?.notice;
      if (notice === undefined) return [];
      const message = `ConsulResolver ${name}: ${about}: ${notice.message}`;
      return [
        {
          ...diagnostic(notice.code, { message, subject: { kind: 'ConsulResolver', namespace, name } }),
          ...(notice.code !== 'CS7022' && { consequence: 'what Consul said before stays in service' }),
        },
      ];
    });
  }
}

function needsOf(demand: ConsulDemand): readonly Need<unknown>[] {
  const meshed = demand.identities.length > 0 || demand.services.some(({ connect }) => connect);
  return [
    ...(meshed ? [rootsNeed(demand)] : []),
    ...demand.services.map((service) => instancesNeed(demand, service)),
    ...demand.identities.map((identity) => leafNeed(demand, identity)),
  ];
}

function namesOf({ services, identities, roots }: ConsulDemand): readonly string[] {
  const secrets = [...identities.flatMap((identity) => identity.secrets), ...roots];
  return [
    ...services.map(({ document }) => keyOf('ConsulEndpoints', document)),
    ...secrets.map((name) => keyOf('Secret', name)),
  ];
}

function keyOf(kind: string, { namespace, name }: DocumentName): string {
  return `${kind} ${namespace}/${name}`;
}

function nameOf({ value }: Document): string {
  const { kind, ...name } = holderOf(isFields(value) ? value : {});
  return keyOf(kind, name);
}

function fileOf(value: DocumentValue): string {
  const { kind, namespace, name } = holderOf(value);
  return `consul:${namespace}/${kind}/${name}`;
}

/** Documents that did not change keep their identity. */
function isSame(a: SourceState, b: SourceState): boolean {
  return (
    a.synced === b.synced &&
    a.documents.length === b.documents.length &&
    a.documents.every((document, index) => document === b.documents[index]) &&
    isDeepStrictEqual(a.diagnostics, b.diagnostics)
  );
}
