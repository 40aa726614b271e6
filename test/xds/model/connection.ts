import { serviceDefinition } from '../../../src/protos';
import { RESOURCE_TYPES, type ResourceType, type Snapshot, TYPE_URLS } from '../../../src/snapshot/snapshot';
import type { Outgoing } from '../../../src/xds/protocol/outgoing';
import type { Session } from '../../../src/xds/protocol/session';
import { encodeResponse } from '../../../src/xds/response';
import { parse } from './configuration';
import type { EnvoyModel, Response, Verdict } from './envoy-model';
import type { Replica } from './replica';

export type Protocol = 'sotw' | 'delta';
/** Types with names of their own in Envoy; it asks for each as soon as a parent refers to it. */
export const NAMED = ['endpoints', 'secrets', 'routes'] as const;

const ADS = serviceDefinition('envoy.service.discovery.v3.AggregatedDiscoveryService');
const NOW = new Date('2026-01-01T00:00:00Z');
const TYPE_BY_URL = new Map(RESOURCE_TYPES.map((type) => [TYPE_URLS[type], type]));

/** Sees each response when it is sent, and when it was applied. */
export interface Witness {
  sent(connection: Connection, response: Response): void;
  applied(connection: Connection, response: Response, verdict: Verdict): void;
  /** Which may be later, or never. */
  answered(connection: Connection, response: Response, verdict: Verdict): void;
}

interface Wire {
  readonly type_url?: string;
  readonly version_info?: string;
  readonly system_version_info?: string;
  readonly nonce?: string;
  readonly resources?: readonly { readonly name?: string; readonly version?: string; readonly resource?: AnyWire }[];
  readonly removed_resources?: readonly string[];
}
interface AnyWire {
  readonly type_url?: string;
  readonly value?: Uint8Array;
}

/** Reads the bytes of a response as a client does. */
function read(out: Outgoing, protocol: Protocol): Response {
  const method = ADS[protocol === 'sotw' ? 'StreamAggregatedResources' : 'DeltaAggregatedResources'];
  const wire = method?.responseDeserialize(encodeResponse(out, 'model')) as Wire;
  const type = TYPE_BY_URL.get(wire.type_url ?? '');
  if (type === undefined) throw new Error(`no type ${wire.type_url}`);
  const anys = wire.resources?.map((each) => (protocol === 'sotw' ? (each as AnyWire) : each.resource)) ?? [];
  const resources = anys.map((any) => parse(any?.value ?? new Uint8Array()));
  if (protocol === 'delta')
    wire.resources?.forEach(({ name, version }, index) => {
      const own = resources[index];
      if (own?.name !== name || own?.version !== version) throw new Error(`the bytes of ${own?.name} under ${name}`);
    });
  return {
    type,
    version: wire.version_info ?? wire.system_version_info ?? '',
    nonce: wire.nonce ?? '',
    resources,
    removed: wire.removed_resources ?? [],
    complete: protocol === 'sotw' && (type === 'clusters' || type === 'listeners'),
  };
}

/** A client's end of one stream, over which an Envoy asks for some types. */
export abstract class Connection {
  readonly envoy: EnvoyModel;
  readonly replica: Replica;
  readonly protocol: Protocol;
  readonly types: readonly ResourceType[];
  /** Answers that the client does not give before its clusters are warm. */
  readonly held: (() => void)[] = [];
  readonly confirmed: ReadonlyMap<ResourceType, Map<string, string>>;
  /** Responses of each type that were sent and not answered. */
  readonly unanswered = new Map<ResourceType, number>();
  readonly node: string;
  readonly #session: Session;
  readonly #cluster: string;
  readonly #witness: Witness;
  readonly #inbox: Response[] = [];
  #first = true;

  constructor(
    protocol: Protocol,
    envoy: EnvoyModel,
    replica: Replica,
    node: { readonly id: string; readonly cluster: string },
    types: readonly ResourceType[],
    witness: Witness,
  ) {
    this.protocol = protocol;
    this.envoy = envoy;
    this.replica = replica;
    this.types = types;
    this.node = node.id;
    this.confirmed = new Map(types.map((type) => [type, new Map<string, string>()]));
    this.#cluster = node.cluster;
    this.#witness = witness;
    const [only] = types;
    this.#session = replica.open(protocol, types.length === 1 ? only : undefined);
  }

  get group(): string {
    return this.#session.info.group ?? '';
  }

  /** What the server was told to serve on this stream. */
  get published(): Snapshot | undefined {
    return this.replica.heard(this.#session);
  }

  get aggregated(): boolean {
    return this.types.length > 1;
  }

  get settled(): boolean {
    return this.#session.settled;
  }

  /** Lets the server write what it may. */
  pump(): void {
    for (let out = this.#session.next(); out !== undefined; out = this.#session.next()) {
      const response = read(out, this.protocol);
      this.unanswered.set(response.type, (this.unanswered.get(response.type) ?? 0) + 1);
      this.#witness.sent(this, response);
      this.#inbox.push(response);
    }
  }

  /** Reads the oldest response; false if there is none. */
  answer(): boolean {
    this.pump();
    const response = this.#inbox.shift();
    if (response === undefined) return false;
    const { type } = response;
    const confirmed = this.confirmed.get(type) ?? new Map<string, string>();
    const verdict = this.envoy.apply(response, confirmed);
    if (verdict.error === undefined) {
      if (response.complete) confirmed.clear();
      for (const { name, version } of response.resources) confirmed.set(name, version);
    }
    this.#witness.applied(this, response, verdict);
    const reply = () => {
      this.unanswered.set(type, (this.unanswered.get(type) ?? 0) - 1);
      this.#witness.answered(this, response, verdict);
      this.reply(response, verdict);
    };
    if (type === 'clusters' && this.aggregated && this.envoy.habits.holds && !this.#warm()) this.held.push(reply);
    else reply();
    this.envoy.forgetUnwanted();
    for (const each of NAMED) if (this.types.includes(each)) this.update(each);
    this.thaw();
    return true;
  }

  /** Gives the answers that were held back until now, once the clusters are warm. @param anyway As when a timer fires. */
  thaw(anyway = false): void {
    if (!anyway && !this.#warm()) return;
    for (const reply of this.held.splice(0)) reply();
  }

  close(): void {
    this.replica.close(this.#session);
  }

  /** Tells the server what the client wants now. */
  abstract update(type: ResourceType): void;
  /** Says again what it has said. */
  abstract repeat(type: ResourceType): void;
  protected abstract reply(response: Response, verdict: Verdict): void;

  protected send(type: ResourceType, fields: object, protocol: Protocol): void {
    const node = { id: this.node, cluster: this.#cluster, ambassadorIds: [], envoyVersion: '1.40.0' };
    const first = this.#first;
    const base = { typeUrl: TYPE_URLS[type], nonce: '', ...(first && { node }) };
    this.#first = false;
    if (protocol === 'sotw') this.#session.receive({ protocol, version: '', names: [], ...base, ...fields }, NOW);
    else
      this.#session.receive(
        { protocol, subscribe: [], unsubscribe: [], initialVersions: new Map(), ...base, ...fields },
        NOW,
      );
    if (first) this.replica.hears(this.#session);
  }

  #warm(): boolean {
    return ![...this.envoy.cold].some((each) => each.startsWith('endpoints '));
  }
}

export class DeltaConnection extends Connection {
  readonly #asked = new Map<ResourceType, ReadonlySet<string>>();
  #lastNonce = '';

  /** @param report Whether it says what it has: an Envoy that was restarted has nothing. */
  connect(report: boolean, star: boolean): void {
    for (const type of this.types) {
      const wants = this.#wants(type, star);
      if (wants.length === 0 && (!this.#implied(type) || (type === 'clusters' && this.envoy.habits.explicit))) continue;
      this.#asked.set(type, new Set(wants));
      const versions = [...this.envoy.reported[type]];
      const own = this.#implied(type) ? versions : versions.filter(([name]) => wants.includes(name));
      this.send(type, { subscribe: wants, ...(report && { initialVersions: new Map(own) }) }, 'delta');
    }
  }

  update(type: ResourceType): void {
    const before = this.#asked.get(type) ?? new Set<string>();
    const now = new Set(this.#wants(type, before.has('*')));
    const subscribe = [...now].filter((name) => !before.has(name));
    const unsubscribe = [...before].filter((name) => !now.has(name));
    if (subscribe.length === 0 && unsubscribe.length === 0) return;
    this.#asked.set(type, now);
    this.send(type, { subscribe, unsubscribe }, 'delta');
  }

  repeat(type: ResourceType): void {
    // An answer to a response that was answered long ago.
    if (this.#asked.has(type)) this.send(type, { nonce: this.#lastNonce, error: 'again' }, 'delta');
  }

  protected reply({ type, nonce }: Response, { error }: Verdict): void {
    this.#lastNonce = nonce;
    this.send(type, { nonce, ...(error !== undefined && { error }) }, 'delta');
  }

  #implied(type: ResourceType): boolean {
    return type === 'listeners' || type === 'clusters';
  }

  #wants(type: ResourceType, star: boolean): readonly string[] {
    const names = this.envoy.wants(type);
    const asks = star || this.envoy.habits.explicit;
    if (type === 'clusters' && this.envoy.wildcard && asks) return [...names, '*'];
    return type === 'listeners' && star ? ['*'] : names;
  }
}

export class SotwConnection extends Connection {
  readonly #asked = new Map<ResourceType, string>();
  readonly #nonces = new Map<ResourceType, string>();
  readonly #versions: Map<ResourceType, string>;

  constructor(versions: Map<ResourceType, string>, ...rest: ConstructorParameters<typeof Connection>) {
    super(...rest);
    this.#versions = versions;
  }

  connect(star: boolean): void {
    for (const type of this.types) {
      const names = this.#names(type, star);
      if (names.length === 0 && (!this.#implied(type) || (type === 'clusters' && this.envoy.habits.explicit))) continue;
      this.#send(type, names);
    }
  }

  update(type: ResourceType): void {
    const before = this.#asked.get(type);
    const names = this.#names(type, before?.split(' ').includes('*') === true);
    if (names.join(' ') === (before ?? '')) return;
    this.#send(type, names);
  }

  repeat(type: ResourceType): void {
    const asked = this.#asked.get(type);
    if (asked !== undefined) this.#send(type, asked === '' ? [] : asked.split(' '));
  }

  protected reply({ type, nonce, version }: Response, { error }: Verdict): void {
    this.#nonces.set(type, nonce);
    if (error === undefined) this.#versions.set(type, version);
    const asked = this.#asked.get(type) ?? '';
    this.#send(type, asked === '' ? [] : asked.split(' '), error);
  }

  #send(type: ResourceType, names: readonly string[], error?: string): void {
    this.#asked.set(type, names.join(' '));
    const version = this.#versions.get(type) ?? '';
    const nonce = this.#nonces.get(type) ?? '';
    this.send(type, { names, version, nonce, ...(error !== undefined && { error }) }, 'sotw');
  }

  #implied(type: ResourceType): boolean {
    return type === 'listeners' || type === 'clusters';
  }

  #names(type: ResourceType, star: boolean): readonly string[] {
    const names = this.envoy.wants(type);
    const asks = star || this.envoy.habits.explicit;
    if (type === 'clusters' && this.envoy.wildcard && asks) return ['*', ...names];
    return type === 'listeners' && star ? ['*'] : names;
  }
}
