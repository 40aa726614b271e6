import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { ResourceType } from '../../src/snapshot/snapshot';
import type { ClientCredentials } from './credentials';
import { Demand, type Protocol } from './demand';
import { LoadStream } from './load-stream';

/** What a load process is told on its command line, as JSON. */
export interface Load {
  readonly port: number;
  readonly streams: number;
  readonly protocol: Protocol;
  /** Zero: secrets only. */
  readonly clusters: number;
  /** File of a `ClientCredentials`; absent: cleartext. */
  readonly credentials?: string;
  /** How many may be on their way to their first configuration; absent: all. */
  readonly atOnce?: number;
}

/** So that those that were opened first are not kept waiting until the last was: they are different machines. */
const OPENED_PER_TURN = 16;

/** How long it took until all streams had something, and the streams by themselves, in milliseconds. */
export interface Latency {
  readonly all: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * So many Envoys in one process. Says `{"complete": Latency}` when all have everything; then, for each line `clusters` or `secrets`,
 * `{"armed": true}`, and `{"changed": Latency}` when all have got a response of that type since.
 */
function main(): void {
  const load = JSON.parse(process.argv[2] ?? '{}') as Load;
  const demand = new Demand(load.protocol, load.clusters);
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const secureContexts = load.credentials === undefined ? [] : secureContextsOf(load.credentials);
  let start = performance.now();
  let times: number[] = [];
  let awaited: ResourceType | 'everything' = 'everything';
  let pending = new Set(Array.from({ length: load.streams }, (_, index) => index));
  const arrived = (index: number) => {
    if (!pending.delete(index)) return;
    times.push(performance.now() - start);
    if (pending.size === 0) say({ [awaited === 'everything' ? 'complete' : 'changed']: latency(times) });
  };
  const streams: LoadStream[] = [];
  let opened = 0;
  const open = () => {
    const index = opened;
    if (index === load.streams) return;
    opened += 1;
    const events = {
      complete: () => {
        if (awaited === 'everything') arrived(index);
        open();
      },
      response: (type: ResourceType) => {
        if (type === awaited) arrived(index);
      },
      broken: (reason: string) => {
        process.stderr.write(`stream ${index} broke: ${reason}\n`);
        process.exit(1);
      },
    };
    streams.push(new LoadStream(load.port, index, demand, events, secureContexts[index % secureContexts.length]));
  };
  const openSome = (left: number): void => {
    for (let count = Math.min(left, OPENED_PER_TURN); count > 0; count -= 1) open();
    if (left > OPENED_PER_TURN) setImmediate(() => openSome(left - OPENED_PER_TURN));
  };
  openSome(Math.min(load.streams, load.atOnce ?? load.streams));
  createInterface({ input: process.stdin }).on('line', (line) => {
    awaited = line as ResourceType;
    times = [];
    pending = new Set(Array.from({ length: load.streams }, (_, index) => index));
    start = performance.now();
    say({ armed: true });
  });
}

/** Each client has a certificate of its own, as far as they go; what OpenSSL makes of it is made before the clock runs. */
function secureContextsOf(file: string): readonly SecureContext[] {
  const { ca, clients } = JSON.parse(readFileSync(file, 'utf8')) as ClientCredentials;
  return clients.map((client) => createSecureContext({ ca, ...client, minVersion: 'TLSv1.3' }));
}

function latency(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { all: at(1), p50: at(0.5), p99: at(0.99) };
}

main();
