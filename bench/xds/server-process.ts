import { readFileSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { countExternalMemoryAsHeap } from '../../src/cli/external-memory';
import { encodeAnyByName, type MessageName } from '../../src/protos';
import { buildSnapshot } from '../../src/snapshot/build-snapshot';
import { type EncodableResource, ResourceEncoder } from '../../src/snapshot/resource-encoder';
import { RESOURCE_TYPES, type Snapshot } from '../../src/snapshot/snapshot';
import { SnapshotStore } from '../../src/snapshot/store';
import { type Secured, XdsServer } from '../../src/xds';
import { BenchConfiguration, type Change } from './resources';

/** What a server process is told on its command line, as JSON. */
export interface Serving {
  readonly clusters: number;
  /** Folder of `ca.crt`, `tls.crt` and `tls.key`; absent: cleartext. */
  readonly tlsDirectory?: string;
  /** Only writes the resources to this file, for the peer. */
  readonly writeTo?: string;
}

const STALL_RESOLUTION_MS = 5;

/**
 * Our server over a configuration of so many clusters, in a process of its own. Says `{"port": number}`; takes `secret` or `cluster` a
 * line, makes a new snapshot with the first of these changed, and says `{"changed": string}`; to `stall` it says for how long the event
 * loop stood still at most, the making of snapshots included.
 */
async function main(): Promise<void> {
  const { clusters, tlsDirectory, writeTo } = JSON.parse(process.argv[2] ?? '{}') as Serving;
  const encoder = new ResourceEncoder<MessageName>(encodeAnyByName, Buffer.alloc(32, 7));
  const configuration = new BenchConfiguration(clusters);
  let snapshot: Snapshot | undefined;
  const build = (): Snapshot => {
    const resources = configuration.resources.slice() as EncodableResource<MessageName>[];
    snapshot = buildSnapshot('default', resources, encoder, snapshot);
    return snapshot;
  };
  if (writeTo !== undefined) {
    write(writeTo, build());
    return;
  }
  countExternalMemoryAsHeap();
  const store = new SnapshotStore();
  store.set(build());
  const server = new XdsServer({ store, identifier: 'countersign/bench' });
  const { port } = await server.listen('127.0.0.1:0', tlsDirectory === undefined ? undefined : secured(tlsDirectory));
  const delay = monitorEventLoopDelay({ resolution: STALL_RESOLUTION_MS });
  delay.enable();
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'stall') {
      say({ stallMs: delay.max / 1e6 });
      return;
    }
    configuration.change(line as Change);
    store.set(build());
    say({ changed: line });
  });
  say({ port });
}

function secured(directory: string): Secured {
  const read = (name: string) => readFileSync(`${directory}/${name}`);
  return {
    tls: { certificateChain: read('tls.crt'), privateKey: read('tls.key'), clientCa: read('ca.crt') },
    access: 'any-client',
  };
}

/** A line for each resource: type, name, and the message in base64. */
function write(file: string, snapshot: Snapshot): void {
  const lines = RESOURCE_TYPES.flatMap((type) =>
    [...snapshot.types[type].resources.values()].map(({ name, any }) => `${type} ${name} ${any.toString('base64')}`),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
}

void main();
