import { startOurs } from './contenders';
import { type Credentials, issueCredentials } from './credentials';
import type { Latency, Load } from './load-process';
import { PeerProcess } from './peer-process';

/** A goal that stands by itself, without a peer. */
export interface Floor {
  readonly what: string;
  readonly measured: number;
  readonly goal: number;
  readonly unit: 's' | 'ms' | 'MB';
}

const MUTUAL_STREAMS = 1_000;
const IDLE_STREAMS = 10_000;
/** These come a few at a time: one process can't shake hands as fast as ten thousand machines. */
const IDLE_AT_ONCE = 200;
/** How long nothing is asked of idle streams until their memory counts, in milliseconds. */
const SETTLE_MS = 5_000;

/** Over mutual TLS 1.3, each stream on a connection of its own, twenty secrets each; the handshakes count. */
export async function measureFloors(directory: string, program: string, load: string): Promise<readonly Floor[]> {
  const credentials = await issueCredentials(directory);
  return [
    ...(await mutual(credentials, program, load, MUTUAL_STREAMS)),
    ...(await mutual(credentials, program, load, IDLE_STREAMS)),
  ];
}

async function mutual(at: Credentials, program: string, load: string, streams: number): Promise<readonly Floor[]> {
  const server = startOurs(program, { clusters: 0, tlsDirectory: at.server });
  let clients: PeerProcess | undefined;
  try {
    const port = await server.next<number>('port');
    const idle = streams === IDLE_STREAMS;
    const argument: Load = {
      port,
      streams,
      protocol: 'delta',
      clusters: 0,
      credentials: at.clients,
      ...(idle && { atOnce: IDLE_AT_ONCE }),
    };
    clients = new PeerProcess(process.execPath, [load, JSON.stringify(argument)]);
    const complete = await clients.next<Latency>('complete');
    if (idle) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const { peakMegabytes, residentMegabytes } = server.usage();
    clients.tell('secrets');
    await clients.next('armed');
    server.tell('secret');
    const changed = await clients.next<Latency>('changed');
    server.tell('stall');
    const stall = await server.next<number>('stallMs');
    const name = `${streams.toLocaleString('en')} streams over mutual TLS`;
    return [
      ...(idle
        ? [
            { what: `${name}, idle: resident`, measured: residentMegabytes, goal: 2_048, unit: 'MB' } as const,
            { what: `${name}: resident at the most`, measured: peakMegabytes, goal: 2_048, unit: 'MB' } as const,
          ]
        : [
            { what: `${name}: 20 secrets to all`, measured: complete.all / 1_000, goal: 3, unit: 's' } as const,
            { what: `${name}: a changed secret to all, p99`, measured: changed.p99, goal: 1_000, unit: 'ms' } as const,
          ]),
      { what: `${name}: longest stall of the event loop`, measured: stall, goal: 100, unit: 'ms' },
    ];
  } finally {
    await clients?.end();
    await server.end();
  }
}
