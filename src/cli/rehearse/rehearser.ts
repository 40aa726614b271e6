import type { Compilation, RehearsalOutcome } from '../../compile';
import type { Rehearser } from '../../control-plane';
import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import type { AnyDefinition } from '../../model/definition';
import { type ClusterPlan, plansOf, planKey, type Verdict } from '../../rehearsal';
import { blame, type ChangedSecret, changedSecrets } from './changed-secrets';
import { responsibleFor } from './document';
import { type Attempted, rehearse } from './rehearse';

export interface RehearserOptions {
  /** `warn` holds nothing back. */
  readonly mode: 'warn' | 'block';
  readonly now: () => Date;
  /** Something has been found: it is time to compile anew. */
  readonly onOutcome: () => void;
  /** The first pause before something that failed is tried again, in milliseconds; each further one is twice as long. */
  readonly retryMs?: number;
}

const RETRY_MS = 5000;
const MAX_RETRY_MS = 5 * 60_000;
/** For one handshake, in milliseconds, whatever the connect timeout of its cluster. */
const MAX_HANDSHAKE_MS = 5000;
/** Nothing waits longer than this for its rehearsal, in milliseconds. */
const MAX_WAIT_MS = 10_000;
const CONCURRENCY = 8;

interface State {
  readonly plan: ClusterPlan;
  running: boolean;
  finding?: Diagnostic;
  /** It took longer than anything may wait for it. */
  overdue: boolean;
  tries: number;
  timer?: NodeJS.Timeout;
}

/** A job is a change of a cluster: what is new, what is served, and the Secrets that make the difference. */
interface Job {
  readonly key: string;
  readonly state: State;
  readonly served: ClusterPlan | undefined;
  readonly changed: readonly ChangedSecret[];
}

/** Rehearses in the background, a few at a time, and remembers what came of it for as long as it is of use. */
export class BackgroundRehearser implements Rehearser {
  readonly #options: RehearserOptions;
  readonly #states = new Map<string, State>();
  readonly #refused = new Map<AnyDefinition, string>();
  /** What was refused, when it is tried again. */
  readonly #again = new WeakMap<AnyDefinition, { readonly reason: string; readonly tries: number }>();
  readonly #queue: Job[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #busy = 0;
  #announced = false;
  #stopped = false;

  constructor(options: RehearserOptions) {
    this.#options = options;
  }

  outcome(): RehearsalOutcome {
    const findings = [...this.#states.values()].flatMap(({ finding }) => finding ?? []);
    return { refused: this.#refused, waiting: new Map(), findings };
  }

  begin(candidate: Compilation, served: Compilation | undefined): RehearsalOutcome['waiting'] {
    const before = new Map(tlsPlans(served).map((plan) => [plan.cluster, plan]));
    const current = new Set<string>([...before.values()].map(planKey));
    const waiting = new Map<AnyDefinition, string | undefined>();
    for (const plan of tlsPlans(candidate)) {
      const key = planKey(plan);
      current.add(key);
      const old = before.get(plan.cluster);
      const changed = old === undefined ? [] : changedSecrets(plan, old, candidate);
      let state = this.#states.get(key);
      if (state === undefined) {
        state = { plan, running: true, overdue: false, tries: 0 };
        this.#states.set(key, state);
        this.#queue.push({ key, state, served: old, changed });
        if (changed.length > 0) this.#limit(state);
      }
      // A finding means that it was tried before, and holds nothing back.
      if (this.#options.mode === 'block' && state.running && !state.overdue && state.finding === undefined)
        for (const { next } of changed) waiting.set(next, this.#again.get(next)?.reason);
    }
    this.#forget(current);
    this.#work();
    return waiting;
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#queue.length = 0;
    for (const timer of this.#timers) clearTimeout(timer);
    return Promise.resolve();
  }

  #limit(state: State): void {
    state.timer = this.#after(MAX_WAIT_MS, () => {
      state.overdue = true;
      this.#announce();
    });
  }

  #forget(current: ReadonlySet<string>): void {
    for (const [key, { finding, timer }] of this.#states) {
      if (current.has(key)) continue;
      this.#states.delete(key);
      this.#cancel(timer);
      if (finding !== undefined) this.#announce();
    }
  }

  #work(): void {
    while (this.#busy < CONCURRENCY && !this.#stopped) {
      const job = this.#queue.shift();
      if (job === undefined) return;
      if (this.#states.get(job.key) !== job.state) continue;
      this.#busy += 1;
      void this.#run(job).finally(() => {
        this.#busy -= 1;
        this.#work();
      });
    }
  }

  async #run({ key, state, served, changed }: Job): Promise<void> {
    const attempts = await this.#attempt(state.plan);
    const refusals = attempts.filter(({ verdict }) => isRefusal(verdict));
    const mayHold = this.#options.mode === 'block' && refusals.length > 0 && changed.length > 0 && !state.overdue;
    const before = mayHold && served !== undefined ? await this.#attempt(served) : [];
    if (this.#stopped || this.#states.get(key) !== state) return;
    this.#cancel(state.timer);
    const worse = refusals.find((refusal) => before.some((old) => isSamePlace(old, refusal) && passes(old)));
    const failed = worse ?? refusals[0] ?? attempts.find((attempt) => !passes(attempt));
    if (worse !== undefined && !state.overdue) {
      this.#states.delete(key);
      for (const secret of blame(changed, worse)) this.#refuse(secret, reasonOf(state.plan, worse));
    } else {
      state.running = false;
      if (failed === undefined) delete state.finding;
      else {
        state.finding = findingOf(state.plan, failed);
        this.#tryAgain({ key, state, served, changed: [] });
      }
    }
    this.#announce();
  }

  /** Every address of the plan. What takes too long counts as not reached. */
  async #attempt(plan: ClusterPlan): Promise<readonly Attempted[]> {
    const timeoutMs = Math.min(plan.connectTimeoutMs, MAX_HANDSHAKE_MS);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<readonly Attempted[]>((resolve) => {
      timer = setTimeout(() => resolve([LATE]), MAX_WAIT_MS);
    });
    const made = rehearse([plan], { now: this.#options.now, timeoutMs });
    const result = await Promise.race([made.then((all) => all.flatMap(({ attempts }) => attempts)), late]);
    clearTimeout(timer);
    return result;
  }

  #refuse(secret: AnyDefinition, reason: string): void {
    const tries = (this.#again.get(secret)?.tries ?? 0) + 1;
    this.#again.set(secret, { reason, tries });
    this.#refused.set(secret, reason);
    // Taken out of what is refused, it is part of the next candidate, and so rehearsed with what is configured then.
    this.#later(tries, () => {
      this.#refused.delete(secret);
      this.#announce();
    });
  }

  #tryAgain(job: Job): void {
    job.state.tries += 1;
    job.state.timer = this.#later(job.state.tries, () => {
      job.state.running = true;
      this.#queue.push(job);
      this.#work();
    });
  }

  #later(tries: number, run: () => void): NodeJS.Timeout {
    return this.#after(Math.min(MAX_RETRY_MS, (this.#options.retryMs ?? RETRY_MS) * 2 ** (tries - 1)), run);
  }

  #after(milliseconds: number, run: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, milliseconds);
    timer.unref();
    this.#timers.add(timer);
    return timer;
  }

  #cancel(timer: NodeJS.Timeout | undefined): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#timers.delete(timer);
  }

  /** Results of one moment are one compilation. */
  #announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    setImmediate(() => {
      this.#announced = false;
      if (!this.#stopped) this.#options.onOutcome();
    });
  }
}

const LATE: Attempted = {
  target: 'its endpoints',
  seen: { end: 'timeout', stage: 'connecting' },
  verdict: {
    outcome: 'not reached',
    reason: 'the rehearsal took too long',
    fix: 'see whether the upstream can be reached from here',
    about: 'address',
  },
};

function tlsPlans(compilation: Compilation | undefined): readonly ClusterPlan[] {
  return [...(compilation?.groups.values() ?? [])]
    .flatMap(({ ir }) => plansOf(ir))
    .filter(({ tls }) => tls !== undefined);
}

function isRefusal({ outcome }: Verdict): boolean {
  return (
    outcome === 'we refuse the upstream' || outcome === 'the upstream refuses us' || outcome === 'nothing in common'
  );
}

function passes({ verdict }: Attempted): boolean {
  return verdict.outcome === 'goes through';
}

function isSamePlace(a: Attempted, b: Attempted): boolean {
  return a.target === b.target && a.seen.address === b.seen.address;
}

function reasonOf({ users }: ClusterPlan, { target, verdict }: Attempted): string {
  const who = users.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).join(', ');
  return `in a handshake with ${target} (${who}), ${verdict.outcome}: ${verdict.reason}`;
}

function findingOf(plan: ClusterPlan, failed: Attempted): Diagnostic {
  const [subject] = responsibleFor(plan, failed.verdict.about);
  return diagnostic('CS6011', {
    message: reasonOf(plan, failed),
    ...(failed.verdict.fix !== undefined && { fix: failed.verdict.fix }),
    ...(subject && {
      subject: { kind: subject.kind, namespace: subject.namespace, name: subject.name },
      location: subject.location,
    }),
  });
}
