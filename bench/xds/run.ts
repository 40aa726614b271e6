import { PeerProcess, type Usage } from './peer-process';
import type { Latency, Load } from './load-process';

/** What serves: a command that prints its port, and takes changes a line, where it can be told of any. */
export interface Contender {
  readonly name: 'Countersign' | 'go-control-plane' | 'bare Node';
  start(wanted: Case): PeerProcess;
}

export interface Case {
  readonly protocol: Load['protocol'];
  readonly streams: number;
  readonly clusters: number;
}

/** Until all streams have everything. CPU is without that of the start, memory with it. */
export interface Completed {
  readonly complete: Latency;
  readonly cpuSeconds: number;
  readonly afterComplete: Usage;
}

/** One contender under one load. */
export interface Measured extends Completed {
  readonly secretChanged: Latency;
  readonly clusterChanged: Latency;
  readonly atEnd: Usage;
  /** The longest that the event loop stood still; absent for others than ours. */
  readonly stallMs?: number;
}

/** @param loadProgram The bundled load process. */
export function complete(contender: Contender, wanted: Case, loadProgram: string): Promise<Completed> {
  return underLoad(contender, wanted, loadProgram, (completed) => Promise.resolve(completed));
}

/** What it takes to complete, and then two changes. */
export function measure(contender: Contender, wanted: Case, loadProgram: string): Promise<Measured> {
  return underLoad(contender, wanted, loadProgram, async (completed, server, load) => {
    const changed = async (what: 'secret' | 'cluster', type: string): Promise<Latency> => {
      load.tell(type);
      await load.next('armed');
      server.tell(what);
      await server.next('changed');
      return load.next<Latency>('changed');
    };
    const secretChanged = await changed('secret', 'secrets');
    const clusterChanged = await changed('cluster', 'clusters');
    let stallMs: number | undefined;
    if (contender.name === 'Countersign') {
      server.tell('stall');
      stallMs = await server.next<number>('stallMs');
    }
    const atEnd = server.usage();
    return { ...completed, secretChanged, clusterChanged, atEnd, ...(stallMs !== undefined && { stallMs }) };
  });
}

async function underLoad<Result>(
  contender: Contender,
  wanted: Case,
  loadProgram: string,
  go: (completed: Completed, server: PeerProcess, load: PeerProcess) => Promise<Result>,
): Promise<Result> {
  const server = contender.start(wanted);
  let load: PeerProcess | undefined;
  try {
    const port = await server.next<number>('port');
    const before = server.usage();
    const argument: Load = { port, ...wanted };
    load = new PeerProcess(process.execPath, [loadProgram, JSON.stringify(argument)]);
    const complete = await load.next<Latency>('complete');
    const afterComplete = server.usage();
    const cpuSeconds = afterComplete.cpuSeconds - before.cpuSeconds;
    return await go({ complete, cpuSeconds, afterComplete }, server, load);
  } finally {
    await load?.end();
    await server.end();
  }
}
