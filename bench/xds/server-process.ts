import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { encodeAnyByName, type MessageName } from '../../src/protos';
import { buildSnapshot } from '../../src/snapshot/build-snapshot';
import { type EncodableResource, ResourceEncoder } from '../../src/snapshot/resource-encoder';
import { RESOURCE_TYPES, type Snapshot } from '../../src/snapshot/snapshot';
import { SnapshotStore } from '../../src/snapshot/store';
import { XdsServer } from '../../src/xds';
import { benchResources, type Revision } from './resources';

/**
 * Our server over a configuration of so many clusters, in a process of its own. Prints its port; takes `secret`, `cluster` and
 * `stall` a line. With a second argument it only writes the resources to that file, for the peer.
 */
async function main(): Promise<void> {
  const count = Number(process.argv[2]);
  const file = process.argv[3];
  const encoder = new ResourceEncoder<MessageName>(encodeAnyByName, Buffer.alloc(32, 7));
  let revision: Revision = { secret: 0, cluster: 0 };
  let snapshot: Snapshot | undefined;
  const build = (): Snapshot => {
    const resources = benchResources(count, revision) as EncodableResource<MessageName>[];
    snapshot = buildSnapshot('default', resources, encoder, snapshot);
    return snapshot;
  };
  if (file !== undefined) {
    write(file, build());
    return;
  }
  const store = new SnapshotStore();
  store.set(build());
  const server = new XdsServer({ store, identifier: 'countersign/bench' });
  const { port } = await server.listen('127.0.0.1:0');
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'secret') revision = { ...revision, secret: revision.secret + 1 };
    if (line === 'cluster') revision = { ...revision, cluster: revision.cluster + 1 };
    if (line === 'stall') {
      say({ stallMs: delay.max / 1e6 });
      delay.reset();
    } else {
      // What compiles and encodes is measured elsewhere.
      delay.disable();
      const next = build();
      delay.enable();
      store.set(next);
      say({ changed: line });
    }
  });
  say({ port });
}

/** A line for each resource: type, name, and the message in base64. */
function write(file: string, snapshot: Snapshot): void {
  const lines = RESOURCE_TYPES.flatMap((type) =>
    [...snapshot.types[type].resources.values()].map(({ name, any }) => `${type} ${name} ${any.toString('base64')}`),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
}

void main();
