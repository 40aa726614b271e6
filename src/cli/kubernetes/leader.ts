import { setTimeout as wait } from 'node:timers/promises';
import { type Api, ApiError } from '../../sources/kubernetes/api';
import { type Sighting, sighted } from './sighting';

/** How long a leader that says nothing is believed to live; milliseconds. */
const DURATION_MS = 10_000;
/** How often it says something, and the others look; milliseconds. */
const RENEW_MS = 3_000;

interface Lease {
  readonly metadata: { readonly resourceVersion?: string; readonly [field: string]: unknown };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
    readonly [field: string]: unknown;
  };
}

/**
 * Whether the lease may be taken: it is ours, nobody’s, or of somebody of whom nothing new was seen for its whole duration. Clocks of
 * others are not compared with ours.
 */
export function mayTake(
  { holderIdentity = '', renewTime = '' }: NonNullable<Lease['spec']>,
  identity: string,
  before: Sighting | undefined,
  nowMs: number,
  durationMs: number,
): { readonly take: boolean; readonly sighting: Sighting } {
  const sighting = sighted(`${holderIdentity} ${renewTime}`, before, nowMs);
  const free = holderIdentity === '' || holderIdentity === identity;
  return { take: free || nowMs - sighting.seenMs >= durationMs, sighting };
}

/** One of all replicas, by a Lease (Kubernetes, "Leases", coordination.k8s.io/v1). */
export class Leader {
  readonly #api: Api;
  readonly #path: string;
  readonly #name: string;
  readonly #identity: string;
  readonly #onChange: (isLeader: boolean) => void;
  readonly #onTrouble: (error: unknown) => void;
  readonly #stop = new AbortController();
  #sighting: Sighting | undefined;
  #renewedMs: number | undefined;
  #running: Promise<void> | undefined;

  constructor(
    api: Api,
    options: {
      readonly namespace: string;
      readonly name: string;
      readonly identity: string;
      readonly onChange: (isLeader: boolean) => void;
      readonly onTrouble: (error: unknown) => void;
    },
  ) {
    this.#api = api;
    this.#path = `/apis/coordination.k8s.io/v1/namespaces/${options.namespace}/leases`;
    this.#name = options.name;
    this.#identity = options.identity;
    this.#onChange = options.onChange;
    this.#onTrouble = options.onTrouble;
  }

  /** Whether this process has the lease, and has renewed it lately enough that nobody else can have taken it. */
  get isLeader(): boolean {
    return this.#renewedMs !== undefined && performance.now() - this.#renewedMs < DURATION_MS;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Gives the lease back, so that another need not wait. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    if (this.isLeader) await this.#attempt('').catch(() => undefined);
    this.#renewedMs = undefined;
  }

  async #run(): Promise<void> {
    let was = false;
    while (!this.#stop.signal.aborted) {
      const began = performance.now();
      try {
        if (await this.#attempt(this.#identity)) this.#renewedMs = began;
        else this.#renewedMs = undefined;
      } catch (error) {
        this.#onTrouble(error);
      }
      if (this.isLeader !== was) {
        was = this.isLeader;
        this.#onChange(was);
      }
      await wait(RENEW_MS, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
    }
  }

  /** Whether the lease is now held by `holder`. */
  async #attempt(holder: string): Promise<boolean> {
    const now = new Date().toISOString().replace('Z', '000Z');
    const spec = {
      holderIdentity: holder,
      leaseDurationSeconds: Math.max(1, Math.round(DURATION_MS / 1000)),
      renewTime: now,
    };
    try {
      const lease = (await this.#api.json({ path: `${this.#path}/${this.#name}` })) as Lease;
      const known = lease.spec ?? {};
      const { take, sighting } = mayTake(known, this.#identity, this.#sighting, performance.now(), DURATION_MS);
      this.#sighting = sighting;
      if (!take) return false;
      const taken = known.holderIdentity !== holder;
      const transitions = (known.leaseTransitions ?? 0) + (taken ? 1 : 0);
      const body = {
        ...lease,
        spec: { ...known, ...spec, leaseTransitions: transitions, ...(taken && { acquireTime: now }) },
      };
      await this.#api.json({ method: 'PUT', path: `${this.#path}/${this.#name}`, body });
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Somebody else was quicker.
      if (error.status === 409) return false;
      if (error.status !== 404 || holder === '') throw error;
    }
    const metadata = { name: this.#name };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: { ...spec, acquireTime: now } };
    try {
      await this.#api.json({ method: 'POST', path: this.#path, body });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return false;
      throw error;
    }
  }
}
