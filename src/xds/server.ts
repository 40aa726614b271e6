import { setTimeout as delay } from 'node:timers/promises';
import { type sendUnaryData, type ServerUnaryCall, status } from '@grpc/grpc-js';
import { serviceDefinition } from '../protos';
import type { SnapshotStore } from '../snapshot/store';
import { Access, type AccessRules, type Standing } from './access';
import { type Denial, GuardedServer } from './guarded-server';
import { IdentityShares } from './identity-shares';
import { DEFAULT_LIMITS, grpcOptions, type XdsLimits } from './limits';
import { XdsListener, type XdsTls } from './listener';
import { type Peer, peerOf } from './peer';
import { AcceptedResources } from './protocol/accepted-resources';
import type { XdsObserver } from './protocol/observer';
import type { Outgoing } from './protocol/outgoing';
import { NodeLedgers } from './protocol/rejections';
import {
  type DeltaRequestMessage,
  deltaRequest,
  type Request,
  type SotwRequestMessage,
  sotwRequest,
} from './protocol/request';
import { Session } from './protocol/session';
import { type NodeResources, nodeResources, type XdsStatus, xdsStatus } from './protocol/status';
import {
  CLIENT_STATUS_SERVICE,
  clientStatus,
  clientStatusHandlers,
  type ClientStatusRequest,
  type ClientStatusResponse,
} from './services/client-status';
import { RequestReader } from './request-reader';
import { DISCOVERY_SERVICES, type DiscoveryService, discoveryDefinition } from './services/discovery';
import { Health, HEALTH_SERVICE } from './services/health';
import { REFLECTION_SERVICES, reflectionHandlers } from './services/reflection';
import { failureOf } from './failure';
import { Slices } from './slices';
import { type AdsCall, AdsStream } from './stream';
import { Turnstile } from './turnstile';
import { Unanswered } from './unanswered';

const SERVICES = [...DISCOVERY_SERVICES.map(({ service }) => service), CLIENT_STATUS_SERVICE];
const TOO_MANY_STREAMS: Denial = { code: status.RESOURCE_EXHAUSTED, details: 'this identity has too many streams' };

/** How long the last status of a stream may take to reach its client. */
const LAST_WORDS_MS = 1_000;

export interface XdsServerOptions {
  readonly store: SnapshotStore;
  /** `control_plane.identifier`: the build and the replica, such as `countersign/0.1.0 countersign-7d9f`. */
  readonly identifier: string;
  readonly observer?: XdsObserver;
  /** For the times on the status page, and the ends of certificates. */
  readonly now?: () => Date;
  readonly limits?: Partial<XdsLimits>;
}

/** Mutual TLS on the port, and who may be which node. */
export interface Secured {
  readonly tls: XdsTls;
  readonly access: AccessRules;
}

/** Envoy's discovery services, aggregated and one by one, SotW, delta and Fetch. */
export class XdsServer {
  readonly #store: SnapshotStore;
  readonly #identifier: string;
  readonly #observer: XdsObserver;
  readonly #now: () => Date;
  readonly #ledgers = new NodeLedgers();
  readonly #accepted = new AcceptedResources();
  readonly #streams = new Set<AdsStream>();
  /** To be told of a new snapshot or policy. */
  readonly #stale = new Slices<AdsStream>((stream) => stream.refresh());
  readonly #turnstile = new Turnstile();
  readonly #unanswered = new Unanswered<AdsStream>(() => this.#pumping.resume());
  /** To be written what they may be sent. */
  readonly #pumping: Slices<AdsStream> = new Slices<AdsStream>(
    (stream) => stream.pump(),
    () => this.#unanswered.hasRoom,
  );
  readonly #health = new Health(SERVICES);
  readonly #reader = new RequestReader();
  readonly #grpc: GuardedServer;
  readonly #unsubscribe: () => void;
  readonly #shares: IdentityShares;
  #access = new Access();
  #listener: XdsListener | undefined;
  #lastId = 0;
  #draining = false;

  constructor(options: XdsServerOptions) {
    this.#store = options.store;
    this.#identifier = options.identifier;
    this.#observer = options.observer ?? {};
    this.#now = options.now ?? (() => new Date());
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#shares = new IdentityShares(limits.streamsPerIdentity);
    this.#grpc = new GuardedServer((peer) => this.#denial(peer), grpcOptions(limits));
    for (const service of DISCOVERY_SERVICES) this.#addDiscovery(service);
    this.#addClientStatus();
    this.#grpc.addService(this.#health.definition, this.#health.handlers);
    const names = [...SERVICES, HEALTH_SERVICE, ...REFLECTION_SERVICES];
    for (const name of REFLECTION_SERVICES) this.#grpc.addService(serviceDefinition(name), reflectionHandlers(names));
    for (const group of this.#store.groups()) {
      const snapshot = this.#store.get(group);
      if (snapshot !== undefined) this.#accepted.publish(snapshot);
    }
    this.#health.serving = this.#store.groups().length > 0;
    this.#unsubscribe = this.#store.subscribe((snapshot) => {
      this.#accepted.publish(snapshot);
      this.#health.serving = true;
      this.#refreshAll();
    });
  }

  /**
   * Listens on `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`: with `secured` for TLS 1.3 clients that present a certificate of
   * `tls.clientCa`, else in cleartext, which belongs on loopback or a Unix socket only.
   *
   * @throws Error if the address can not be listened on or the TLS files can not be used.
   */
  async listen(address: string, secured?: Secured): Promise<{ readonly port: number }> {
    this.#access = new Access(secured?.access);
    const listener = new XdsListener(this.#grpc, secured?.tls, this.#now, (peer) =>
      this.#observer.turnedAway?.(peer, 'handshake'),
    );
    const bound = await listener.listen(address);
    this.#listener = listener;
    return bound;
  }

  /** Uses a renewed certificate for new connections. */
  useTls(tls: XdsTls): void {
    this.#listener?.useTls(tls);
  }

  /** Judges every stream by these rules from now on; those that are no longer allowed end. */
  useAccess(rules: AccessRules): void {
    this.#access.use(rules);
    this.#refreshAll();
  }

  status(): XdsStatus {
    return xdsStatus(this.#streams);
  }

  /** Which secrets each node has, as it acknowledged. */
  secretsOfNodes(): readonly NodeResources[] {
    return nodeResources(
      'secrets',
      [...this.#streams].map(({ session }) => session),
    );
  }

  /**
   * Ends the streams one by one over `ms` milliseconds, so that the Envoys do not all turn to the other replicas at once,
   * then closes the connections.
   */
  async drain(ms: number): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    this.#health.serving = false;
    this.#unsubscribe();
    const closed = this.#listener?.drain(ms + LAST_WORDS_MS);
    await Promise.all(
      [...this.#streams].map(async (stream) => {
        await delay(Math.random() * ms);
        stream.close('drain', status.OK, '');
      }),
    );
    await Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })]);
    this.#grpc.forceShutdown();
  }

  #denial(peer: Peer): Denial | undefined {
    const turnAway = (reason: string, denial: Denial): Denial => {
      this.#observer.turnedAway?.(peer.address, reason);
      return denial;
    };
    if (this.#draining) return turnAway('draining', { code: status.UNAVAILABLE, details: 'shutting down' });
    const standing = this.#access.standing(peer);
    if (!('groups' in standing)) return turnAway('no-identity', standing);
    return this.#shares.isUsedUp(standing.identity) ? turnAway('too-many-streams', TOO_MANY_STREAMS) : undefined;
  }

  #addClientStatus(): void {
    const answer = (request: ClientStatusRequest, peer: Peer): ClientStatusResponse => {
      const standing = this.#access.standing(peer);
      const sessions = [...this.#streams].map(({ session }) => session);
      return clientStatus(request, sessions, ({ info: { node, group } }) => {
        const groups = groupsOf(standing, node?.id ?? '');
        return group !== undefined && groups?.has(group) === true;
      });
    };
    this.#grpc.addService(serviceDefinition(CLIENT_STATUS_SERVICE), clientStatusHandlers(answer));
  }

  #addDiscovery(service: DiscoveryService): void {
    const sotw = (message: unknown) => sotwRequest(message as SotwRequestMessage);
    const delta = (message: unknown) => deltaRequest(message as DeltaRequestMessage);
    this.#grpc.addService(discoveryDefinition(service, this.#reader, this.#identifier), {
      [service.sotw]: (call: AdsCall<unknown>) =>
        this.#stream(this.#session('sotw', service, peerOf(call)), call, sotw),
      [service.delta]: (call: AdsCall<unknown>) =>
        this.#stream(this.#session('delta', service, peerOf(call)), call, delta),
      ...(service.fetch !== undefined && {
        [service.fetch]: (call: ServerUnaryCall<unknown, Outgoing>, answer: sendUnaryData<Outgoing>) =>
          this.#fetch(this.#session('sotw', service, peerOf(call)), sotw(call.request), answer),
      }),
    });
  }

  #session(protocol: 'sotw' | 'delta', { type }: DiscoveryService, peer: Peer): Session {
    const standing = this.#access.standing(peer);
    return new Session({
      id: (this.#lastId += 1),
      protocol,
      ...(type && { type }),
      peer: peer.address,
      ...('identity' in standing && { identity: standing.identity }),
      authority: { groups: (nodeId) => groupsOf(this.#access.standing(peer), nodeId) },
      snapshots: this.#store,
      ledgers: this.#ledgers,
      accepted: this.#accepted,
      observer: this.#observer,
    });
  }

  #stream(session: Session, call: AdsCall<unknown>, read: (message: unknown) => Request): void {
    const giveBack = this.#shares.take(session.info.identity);
    const onClose = (closed: AdsStream): void => {
      giveBack();
      this.#streams.delete(closed);
      this.#stale.delete(closed);
      this.#pumping.delete(closed);
      this.#unanswered.answered(closed);
    };
    this.#streams.add(
      new AdsStream({
        session,
        identifier: this.#identifier,
        call,
        read,
        observer: this.#observer,
        now: this.#now,
        onClose,
        pumping: this.#pumping,
        unanswered: this.#unanswered,
        turnstile: this.#turnstile,
      }),
    );
  }

  #fetch(session: Session, request: ReturnType<typeof sotwRequest>, answer: sendUnaryData<Outgoing>): void {
    let out: Outgoing | undefined;
    try {
      out = session.fetch(request);
    } catch (error) {
      const { code, details } = failureOf(error);
      answer({ code, details });
      return;
    }
    if (out === undefined) answer({ code: status.UNAVAILABLE, details: 'there is no configuration yet' });
    else answer(null, out);
  }

  #refreshAll(): void {
    for (const stream of this.#streams) this.#stale.add(stream);
  }
}

function groupsOf(standing: Standing | Denial, nodeId: string): ReturnType<Standing['groups']> {
  return 'groups' in standing ? standing.groups(nodeId) : undefined;
}
