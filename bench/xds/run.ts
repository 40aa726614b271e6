import { PeerProcess, type Usage } from './peer-process';
import type { Latency, Load } from './load-process';

/** What serves: a command that prints its port, and takes changes a line. */
export interface Contender {
  readonly name: 'Countersign' | 'go-control-plane';
  start(clusters: number): PeerProcess;
}

export interface Case {
  readonly protocol: Load['protocol'];
  readonly streams: number;
  readonly clusters: number;
}

/** One contender under one load. CPU is without that of the start, memory with it. */
export interface Measured {
  readonly complete: Latency;
  readonly cpuSeconds: number;
  readonly afterComplete: Usage;
  readonly secretChanged: Latency;
  readonly clusterChanged: Latency;
  readonly atEnd: Usage;
  /** The longest that the event loop stood still; absent for others than ours. */
  readonly stallMs?: number;
}

/** @param loadProgram The bundled load process. */
export async function measure(contender: Contender, wanted: Case, loadProgram: string): Promise<Measured> {
  const server = contender.start(wanted.clusters);
  let load: PeerProcess | undefined;
  try {
    const port = await server.next<number>('port');
    const before = server.usage();
    const argument: Load = { port, ...wanted };
    load = new PeerProcess(process.execPath, [loadProgram, JSON.stringify(argument)]);
    const complete = await load.next<Latency>('complete');
    const afterComplete = server.usage();
    const changed = async (what: 'secret' | 'cluster', type: string): Promise<Latency> => {
      load?.tell(type);
      await load?.next('armed');
      server.tell(what);
      await server.next('changed');
      return (await load?.next<Latency>('changed')) ?? complete;
    };
    const secretChanged = await changed('secret', 'secrets');
    const clusterChanged = await changed('cluster', 'clusters');
    let stallMs: number | undefined;
    if (contender.name === 'Countersign') {
      server.tell('stall');
      stallMs = await server.next<number>('stallMs');
    }
    const cpuSeconds = afterComplete.cpuSeconds - before.cpuSeconds;
    const atEnd = server.usage();
    return {
      complete,
      cpuSeconds,
      afterComplete,
      secretChanged,
      clusterChanged,
      atEnd,
      ...(stallMs !== undefined && { stallMs }),
    };
  } finally {
    await load?.end();
    await server.end();
  }
}
