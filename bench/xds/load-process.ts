import { readFileSync } from 'node:fs';
import type { SecureClientSessionOptions } from 'node:http2';
import { createInterface } from 'node:readline';
import { createSecureContext } from 'node:tls';
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
  const authority = `${load.credentials === undefined ? 'http' : 'https'}://localhost:${load.port}`;
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const tls = load.credentials === undefined ? () => ({}) : tlsOptions(load.credentials);
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
    streams.push(new LoadStream(authority, index, demand, events, tls(index)));
  };
  while (opened < Math.min(load.streams, load.atOnce ?? load.streams)) open();
  createInterface({ input: process.stdin }).on('line', (line) => {
    awaited = line as ResourceType;
    times = [];
    pending = new Set(Array.from({ length: load.streams }, (_, index) => index));
    start = performance.now();
    say({ armed: true });
  });
}

/** Each client has a certificate of its own, as far as they go; what OpenSSL makes of it is made before the clock runs. */
function tlsOptions(file: string): (index: number) => SecureClientSessionOptions {
  const { ca, clients } = JSON.parse(readFileSync(file, 'utf8')) as ClientCredentials;
  const contexts = clients.map((client) => createSecureContext({ ca, ...client, minVersion: 'TLSv1.3' }));
  return (index) => ({ secureContext: contexts[index % contexts.length] });
}

function latency(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { all: at(1), p50: at(0.5), p99: at(0.99) };
}

main();
