import { type Culprit, culpritOf, type Failure, failureOf, type LogLine, readLogLine } from '../../explanation';
import type { Ir } from '../../ir/ir';

/** One line of an access log, and what it means. */
export interface Explained {
  readonly line: LogLine;
  /** Undefined: the line names no failure that is known. */
  readonly failure: Failure | undefined;
  readonly culprit: Culprit;
}

/** Lines that mean the same. */
export interface ExplainedLines extends Explained {
  readonly failure: Failure;
  readonly count: number;
}

export interface ExplainedLog {
  readonly lines: number;
  /** Lines that name no failure. */
  readonly without: number;
  /** Failures, most frequent first. */
  readonly failures: readonly ExplainedLines[];
}

export function explain(text: string, configurations: readonly Ir[]): Explained {
  const line = readLogLine(text);
  const culprit = culpritOf(line, configurations);
  return { line, failure: failureOf(line, culprit.upstream), culprit };
}

/** Different failures that are kept apart; a client that may choose its server name must not fill the memory. */
const MOST = 1000;

/** Reads a whole log; what means the same of the same cluster or server name is one failure. */
export async function explainLog(lines: AsyncIterable<string>, configurations: readonly Ir[]): Promise<ExplainedLog> {
  const found = new Map<string, ExplainedLines>();
  let [count, without] = [0, 0];
  for await (const text of lines) {
    if (text.trim() === '') continue;
    count += 1;
    const { failure, line, culprit } = explain(text, configurations);
    if (failure === undefined) {
      without += 1;
      continue;
    }
    const whole = JSON.stringify([failure.side, failure.cause, line.cluster, line.serverName]);
    const key = found.has(whole) || found.size < MOST ? whole : JSON.stringify([failure.side, failure.cause]);
    const known = found.get(key);
    found.set(key, known === undefined ? { failure, line, culprit, count: 1 } : { ...known, count: known.count + 1 });
  }
  return { lines: count, without, failures: [...found.values()].toSorted((a, b) => b.count - a.count) };
}
