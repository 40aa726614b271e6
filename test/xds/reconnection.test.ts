import type { EnvoyMessages } from '../../src/protos';
import { compile } from '../../src/compile';
import { encodeAnyByName, type MessageName } from '../../src/protos';
import { DEFAULT_POLICY as policy } from '../../src/resolution/policy';
import { ResourceEncoder } from '../../src/snapshot/resource-encoder';
import { RESOURCE_TYPES, type ResourceType, type Snapshot, TYPE_URLS } from '../../src/snapshot/snapshot';
import { SnapshotStore } from '../../src/snapshot/store';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { XdsServer } from '../../src/xds';
import { Closing } from '../support/closing';
import { fixtureSecret, text } from '../support/decoded';
import { eventually } from '../support/eventually';
import { WireClient, type WireStream } from './support/wire-client';

// A control plane is restarted, with nothing changed, and a thousand nodes come back.

const NODES = 1_000;
/** On one connection, below what the server allows. */
const STREAMS = 8;
const AT = new Date('2026-06-15T12:00:00Z');

type Request = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryRequest'];
type Response = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryResponse'];

const closing = new Closing();
afterAll(() => closing.close());

/** As a process that has just begun compiles it: no object and no byte of another is used. */
function compiled(prefix = '/one/'): Snapshot {
  const mappings = Array.from({ length: 10 }, (_, index) =>
    text(
      'Mapping',
      { hostname: '*', prefix: index === 0 ? prefix : `/${index}/`, service: `up-${index}` },
      { name: `m${index}` },
    ),
  );
  const definitions = [
    fixtureSecret('server-ec', 'pair'),
    text('Host', { hostname: 'a.example.com', tlsSecret: { name: 'pair' } }, { name: 'host' }),
    text(
      'Listener',
      { port: 8443, protocol: 'HTTPS', securityModel: 'SECURE', hostBinding: { namespace: { from: 'ALL' } } },
      { name: 'https' },
    ),
    ...mappings,
  ];
  const documents = definitions.flatMap((each, index) => readDocuments(`${index}.yaml`, Buffer.from(each)).documents);
  const encoder = new ResourceEncoder<MessageName>(encodeAnyByName, Buffer.alloc(32, 7));
  const { groups, quarantined } = compile(documents, { policy, at: AT, encoder, unread: [] });
  const snapshot = groups.get('default')?.snapshot;
  if (snapshot === undefined || quarantined > 0) throw new Error('nothing to serve');
  return snapshot;
}

/** What an Envoy asks for: it needs nothing of the other types. */
const asked = ({ types }: Snapshot) => RESOURCE_TYPES.filter((type) => types[type].resources.size > 0);

/** A server process: its own store, and a record of what it sent. */
class Process {
  readonly store = new SnapshotStore();
  readonly sent: Record<'responses' | 'resources' | 'bytes' | 'removed', number> = {
    responses: 0,
    resources: 0,
    bytes: 0,
    removed: 0,
  };
  /** Of all nodes and types. */
  subscriptions = 0;
  acknowledgements = 0;
  readonly #server: XdsServer;
  readonly #types: number;
  #wake: (() => void) | undefined;

  constructor(snapshot: Snapshot) {
    this.#types = asked(snapshot).length;
    this.store.set(snapshot);
    this.#server = new XdsServer({
      store: this.store,
      identifier: 'countersign/test',
      observer: {
        subscribed: () => {
          this.subscriptions += 1;
          this.#wake?.();
        },
        ack: () => {
          this.acknowledgements += 1;
          this.#wake?.();
        },
        sent: (_stream, { resources, bytes, removed }) => {
          this.sent.responses += 1;
          this.sent.resources += resources;
          this.sent.bytes += bytes;
          this.sent.removed += removed;
        },
      },
    });
  }

  async listen(): Promise<number> {
    return (await this.#server.listen('127.0.0.1:0')).port;
  }

  /** Waits for requests until everything is asked for, and all that was to be said to it was answered. */
  async settled(): Promise<void> {
    await this.until(() => this.subscriptions >= NODES * this.#types);
    await eventually('all that was to be said is said', () => Promise.resolve(this.#isSettled() || undefined), 60_000);
  }

  /** Waits for a request after which the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#wake = () => setImmediate(resolve)));
  }

  async stop(): Promise<void> {
    await this.#server.drain(0);
  }

  #isSettled(): boolean {
    const { nodes } = this.#server.status();
    return (
      nodes.length === NODES &&
      nodes.every(({ streams }) => streams.every(({ types }) => Object.values(types).every(({ settled }) => settled)))
    );
  }
}

/** An Envoy’s memory over its streams: what it acknowledged, and what it asks for by name. */
class Node {
  readonly held = new Map<ResourceType, Map<string, string>>(RESOURCE_TYPES.map((type) => [type, new Map()]));
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  connect(client: WireClient, published: Snapshot): WireStream<Request, Response> {
    const stream = client.open('DeltaAggregatedResources');
    stream.call.on('data', (response: Response) => this.#receive(stream, response));
    for (const type of asked(published)) {
      const implied = type === 'clusters' || type === 'listeners';
      stream.send({
        type_url: TYPE_URLS[type],
        node: { id: this.#id },
        resource_names_subscribe: implied ? [] : [...published.types[type].resources.keys()],
        initial_resource_versions: Object.fromEntries(this.held.get(type) ?? []),
      });
    }
    return stream;
  }

  #receive(stream: WireStream<Request, Response>, { type_url = '', nonce = '', resources = [] }: Response): void {
    const type = RESOURCE_TYPES.find((each) => TYPE_URLS[each] === type_url);
    for (const { name = '', version = '' } of resources)
      if (type !== undefined) this.held.get(type)?.set(name, version);
    stream.send({ type_url, response_nonce: nonce });
  }
}

test(`rule 16: a restart with unchanged definitions sends nothing to ${NODES} nodes that come back over delta`, async () => {
  const nodes = Array.from({ length: NODES }, (_, index) => new Node(`node-${index}`));
  const connect = async (process: Process): Promise<WireClient[]> => {
    const port = await process.listen();
    const published = process.store.get('default');
    if (published === undefined) throw new Error('nothing is published');
    const clients: WireClient[] = [];
    for (const [index, node] of nodes.entries()) {
      if (index % STREAMS === 0) {
        const client = new WireClient(`127.0.0.1:${port}`);
        closing.keep({ stop: () => Promise.resolve(client.close()) });
        clients.push(client);
      }
      const client = clients.at(-1);
      if (client !== undefined) node.connect(client, published);
    }
    return clients;
  };

  const before = closing.keep(new Process(compiled()));
  const old = await connect(before);
  await before.settled();
  expect(before.sent.bytes).toBeGreaterThan(0);
  const total = RESOURCE_TYPES.reduce((sum, type) => sum + compiled().types[type].resources.size, 0);
  expect(before.sent.resources).toBeGreaterThanOrEqual(NODES * total);
  for (const client of old) client.close();
  await before.stop();

  const after = closing.keep(new Process(compiled()));
  await connect(after);
  await after.settled();
  expect(after.sent).toEqual({ responses: 0, resources: 0, bytes: 0, removed: 0 });

  // They are there, and hear of the next change.
  const acknowledged = after.acknowledgements;
  after.store.set(compiled('/two/'));
  await after.until(() => after.acknowledgements >= acknowledged + NODES);
  expect(after.sent).toMatchObject({ responses: NODES, resources: NODES, removed: 0 });
  process.stdout.write(
    `${NODES} nodes: ${before.sent.bytes} bytes of resources at first, 0 bytes in 0 responses after the restart\n`,
  );
}, 120_000);
