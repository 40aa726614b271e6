import { createServer } from 'node:net';

// Below Linux's ephemeral range (32768 and up), so that no outgoing connection takes a port between its choice and its use.
const FIRST = 20_000;
const LAST = 32_000;

let next = FIRST + Math.floor(Math.random() * (LAST - FIRST));

/** A TCP port that nobody listens on, for listeners whose port is part of their definition. Never the same one twice in a process. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < LAST - FIRST; tries += 1) {
    next = next === LAST ? FIRST : next + 1;
    if (await isFree(next)) return next;
  }
  throw new Error(`no free port between ${FIRST} and ${LAST}`);
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}
