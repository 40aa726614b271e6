import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL_MS = 20;

/**
 * Asks until there is an answer, for what has no event to wait for (an Envoy's admin interface).
 *
 * @param what what is waited for, as the failure will say it
 * @param ask answers undefined (or throws) while it is not so yet
 * @returns the first answer that is not undefined
 */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, timeoutMs = 15_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let last: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
    await delay(INTERVAL_MS);
  }
}
