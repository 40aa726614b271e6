import type { EventEmitter } from 'node:events';
import Consul from 'consul';
import type { ConsulAnswer, ConsulApi } from './consul-api';

/** What is asked of Consul, and asked again as soon as the answer is another. */
export interface Question {
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
}

export interface QuestionListener {
  /** May be called twice with the same answer. */
  readonly answered: (answer: ConsulAnswer) => void;
  readonly failed: (reason: string) => void;
}

/** How long Consul may hold an answer back that has not changed (Consul’s HTTP API, "Blocking Queries"). */
const WAIT = '5m';
/** Waiting times after failures, in milliseconds. */
const FIRST_BACKOFF_MS = 100;
const MOST_BACKOFF_MS = 5_000;
/** Only for its rules of indexes and its back-off: the requests are our own. */
const RULES = new Consul();

/** What the library hands to its method: the options, with the next index. */
interface Turn {
  readonly index: bigint;
  readonly wait: string;
  readonly timeout: number;
  readonly ctx: EventEmitter;
}

/** Asks until `end` is called. Indexes that go backwards, time-outs and failures are the library’s to deal with. */
export function ask(
  api: ConsulApi,
  { path, query }: Question,
  { answered, failed }: QuestionListener,
): { readonly end: () => void } {
  let hasFailed = false;
  const method = async ({ index, wait, timeout, ctx }: Turn) => {
    // An agent that is back may be another one, which would wait for an index that it is far from.
    const from = hasFailed ? 0n : index;
    const get = async (more: Question['query']) =>
      await api.get({ path, query: [...query, ...more], timeoutMs: timeout, cancel: ctx });
    const first = await get([
      ['index', String(from)],
      ['wait', wait],
    ]);
    // An answer that was held back does not say whether the ACLs hide something: an empty one is asked for once more.
    const answer = from !== 0n && isEmpty(first) ? await get([]) : first;
    if (hasFailed) {
      hasFailed = false;
      answered(answer);
    }
    return [{ headers: first.headers }, answer];
  };
  const watch = RULES.watch({
    method,
    options: { wait: WAIT },
    // Replicas do not ask in step.
    backoffFactor: FIRST_BACKOFF_MS * (0.5 + Math.random()),
    backoffMax: MOST_BACKOFF_MS * (0.75 + Math.random() / 2),
  });
  watch.on('change', (answer: ConsulAnswer) => answered(answer));
  watch.on('error', (error: Error) => {
    hasFailed = true;
    failed(reasonOf(error));
  });
  return { end: () => watch.end() };
}

function isEmpty({ body }: ConsulAnswer): boolean {
  return Array.isArray(body) && body.length === 0;
}

function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
