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
  const method = async ({ index, wait, timeout, ctx }: Turn) => {
    const answer = await api.get({
      path,
      query: [...query, ['index', String(index)], ['wait', wait]],
      timeoutMs: timeout,
      cancel: ctx,
    });
    return [{ headers: answer.headers }, answer];
  };
  const watch = RULES.watch({
    method,
    options: { wait: WAIT },
    // Replicas do not ask in step.
    backoffFactor: FIRST_BACKOFF_MS * (0.5 + Math.random()),
    backoffMax: MOST_BACKOFF_MS * (0.75 + Math.random() / 2),
  });
  watch.on('change', (answer: ConsulAnswer) => answered(answer));
  watch.on('error', (error: Error) => failed(reasonOf(error)));
  return { end: () => watch.end() };
}

function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
