import { readFileSync } from 'node:fs';
import type { SecureClientSessionOptions } from 'node:http2';
import { createInterface } from 'node:readline';
import type { ResourceType } from '../../src/snapshot/snapshot';
import { Demand, LoadStream, type Protocol } from './load-stream';

/** What a load process is told on its command line, as JSON. */
export interface Load {
  readonly port: number;
  readonly streams: number;
  readonly protocol: Protocol;
  /** Zero: secrets only. */
  readonly clusters: number;
  /** Folder of `ca.crt`, `tls.crt` and `tls.key`; absent: cleartext. */
  readonly tlsDirectory?: string;
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
  const authority = `${load.tlsDirectory === undefined ? 'http' : 'https'}://localhost:${load.port}`;
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  let start = performance.now();
  let times: number[] = [];
  let awaited: ResourceType | 'everything' = 'everything';
  let pending = new Set(Array.from({ length: load.streams }, (_, index) => index));
  const arrived = (index: number) => {
    if (!pending.delete(index)) return;
    times.push(performance.now() - start);
    if (pending.size === 0) say({ [awaited === 'everything' ? 'complete' : 'changed']: latency(times) });
  };
  const tls = load.tlsDirectory === undefined ? {} : tlsOptions(load.tlsDirectory);
  const streams: LoadStream[] = [];
  for (let index = 0; index < load.streams; index += 1) {
    const events = {
      complete: () => {
        if (awaited === 'everything') arrived(index);
      },
      response: (type: ResourceType) => {
        if (type === awaited) arrived(index);
      },
      broken: (reason: string) => {
        process.stderr.write(`stream ${index} broke: ${reason}\n`);
        process.exit(1);
      },
    };
    streams.push(new LoadStream(authority, index, demand, events, tls));
  }
  createInterface({ input: process.stdin }).on('line', (line) => {
    awaited = line as ResourceType;
    times = [];
    pending = new Set(Array.from({ length: load.streams }, (_, index) => index));
    start = performance.now();
    say({ armed: true });
  });
}

function tlsOptions(directory: string): SecureClientSessionOptions {
  const read = (name: string) => readFileSync(`${directory}/${name}`);
  return { ca: read('ca.crt'), cert: read('tls.crt'), key: read('tls.key'), minVersion: 'TLSv1.3' };
}

function latency(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { all: at(1), p50: at(0.5), p99: at(0.99) };
}

main();
