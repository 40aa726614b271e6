import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import { CertificateAuthority, type IssuedCertificate } from '../../src/cli/demo/pki';
import { encodeAnyByName, type MessageName, any } from '../../src/protos';
import { buildSnapshot } from '../../src/snapshot/build-snapshot';
import { type EncodableResource, ResourceEncoder } from '../../src/snapshot/resource-encoder';
import type { ResourceType } from '../../src/snapshot/snapshot';
import { SnapshotStore } from '../../src/snapshot/store';
import { type Nack, XdsServer } from '../../src/xds';
import { answerTo } from '../support/client';
import { Envoy } from '../support/envoy';
import { freePort } from '../support/port';

// What the state machine promises, asked of a real Envoy in both protocols.

const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
const encoder = new ResourceEncoder<MessageName>(encodeAnyByName, Buffer.alloc(32, 1));
const ADS = { ads: {}, resource_api_version: 'V3' } as const;
const SECRET = 'default/tls';

let ca: CertificateAuthority;
let first: IssuedCertificate;
let second: IssuedCertificate;

beforeAll(async () => {
  ca = await CertificateAuthority.createRoot({ commonName: 'test CA', ...validity });
  const issue = async () =>
    await ca.issue({ commonName: 'edge', subjectAltNames: [{ type: 'dns', value: 'edge.test' }], ...validity });
  first = await issue();
  second = await issue();
});

interface Definition {
  readonly port: number;
  readonly certificate: IssuedCertificate;
  /** Another one makes the pair mismatch. */
  readonly key?: IssuedCertificate;
  readonly body?: string;
  readonly clusters?: readonly string[];
  readonly connectTimeout?: number;
  /** A cluster that Envoy refuses, naming it or, by a constraint of the protos, the whole response. */
  readonly badCluster?: 'named' | 'unnamed';
  readonly statPrefix?: string;
}

function resources(definition: Definition): EncodableResource<MessageName>[] {
  const { port, certificate, key = certificate, body = 'one', clusters = ['c1'], connectTimeout = 1 } = definition;
  const origins = [
    { kind: 'Mapping', namespace: 'default', name: 'm', location: { file: 'a.yaml', line: 1, column: 1 } },
  ];
  const make = (
    type: ResourceType,
    name: string,
    messageName: MessageName,
    message: object,
    references: EncodableResource['references'] = {},
  ): EncodableResource<MessageName> => ({ type, name, messageName, message, references, origins });
  const tls = any('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
    common_tls_context: { tls_certificate_sds_secret_configs: [{ name: SECRET, sds_config: ADS }] },
  });
  const manager = any('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: definition.statPrefix ?? 'edge',
    rds: { route_config_name: 'routes', config_source: ADS },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: any('envoy.extensions.filters.http.router.v3.Router', {}),
      },
    ],
  });
  return [
    ...clusters.map((name) =>
      make(
        'clusters',
        name,
        'envoy.config.cluster.v3.Cluster',
        {
          name,
          type: 'EDS',
          eds_cluster_config: { eds_config: ADS, service_name: `eds/${name}` },
          connect_timeout: { seconds: connectTimeout },
        },
        { endpoints: [`eds/${name}`] },
      ),
    ),
    ...(definition.badCluster !== undefined
      ? [
          make('clusters', 'bad', 'envoy.config.cluster.v3.Cluster', {
            name: 'bad',
            type: 'STATIC',
            ...(definition.badCluster === 'named'
              ? { transport_socket: { name: 'no such thing', typed_config: any('google.protobuf.Struct', {}) } }
              : { connect_timeout: { seconds: 0 } }),
          }),
        ]
      : []),
    ...clusters.map((name) =>
      make('endpoints', `eds/${name}`, 'envoy.config.endpoint.v3.ClusterLoadAssignment', {
        cluster_name: `eds/${name}`,
        endpoints: [
          {
            lb_endpoints: [{ endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: 1 } } } }],
          },
        ],
      }),
    ),
    make('secrets', SECRET, 'envoy.extensions.transport_sockets.tls.v3.Secret', {
      name: SECRET,
      tls_certificate: {
        certificate_chain: { inline_string: certificate.chainPem },
        private_key: { inline_string: key.privateKeyPem },
      },
    }),
    make(
      'listeners',
      'edge',
      'envoy.config.listener.v3.Listener',
      {
        name: 'edge',
        address: { socket_address: { address: '127.0.0.1', port_value: port } },
        filter_chains: [
          {
            transport_socket: { name: 'envoy.transport_sockets.tls', typed_config: tls },
            filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }],
          },
        ],
      },
      { secrets: [SECRET], routes: ['routes'] },
    ),
    make('routes', 'routes', 'envoy.config.route.v3.RouteConfiguration', {
      name: 'routes',
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: body } } }],
        },
      ],
    }),
  ];
}

/** A control plane with a record of what it sent and what came back. */
class ControlPlane {
  readonly store = new SnapshotStore();
  readonly server: XdsServer;
  readonly sent: string[] = [];
  readonly nacks: Nack[] = [];
  readonly #wakes = new Set<() => void>();

  constructor() {
    const wake = () => {
      for (const each of this.#wakes) each();
    };
    this.server = new XdsServer({
      store: this.store,
      identifier: 'countersign/test',
      observer: {
        subscribed: wake,
        ack: wake,
        nack: (_stream, nack) => {
          this.nacks.push(nack);
          wake();
        },
        sent: (_stream, { type, resources, removed }) => {
          this.sent.push(removed > 0 ? `${type} ${resources} -${removed}` : `${type} ${resources}`);
        },
      },
    });
  }

  publish(definition: Definition): void {
    this.store.set(buildSnapshot('default', resources(definition), encoder, this.store.get('default')));
  }

  /** Waits for a request after which the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#wakes.delete(wake);
          // After the turn in which the server answers.
          setImmediate(() => setImmediate(resolve));
        };
        this.#wakes.add(wake);
      });
    }
  }

  /** Everything is subscribed to and in step with the newest snapshot, except for what was refused. */
  async settled(): Promise<void> {
    const types = ['clusters', 'endpoints', 'secrets', 'listeners', 'routes'] as const;
    await this.until(() => {
      const stream = this.server.status().nodes[0]?.streams[0];
      return types.every((type) => {
        const status = stream?.types[type];
        const inStep = status?.sentVersion === '' || status?.acceptedVersion === status?.sentVersion;
        return status !== undefined && status.settled && (inStep || status.parked.length > 0);
      });
    });
  }

  take(): string[] {
    return this.sent.splice(0);
  }
}

describe.each(['DELTA_GRPC', 'GRPC'] as const)('a real Envoy over %s', (api) => {
  let plane: ControlPlane;
  let xdsPort: number;
  let port: number;
  let envoy: Envoy;
  const delta = api === 'DELTA_GRPC';

  const start = async () => {
    const document = bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port: xdsPort } });
    const bootstrap = JSON.parse(JSON.stringify(document)) as {
      dynamic_resources: { ads_config: { api_type: string } };
    };
    bootstrap.dynamic_resources.ads_config.api_type = api;
    return await Envoy.start(bootstrap);
  };
  const answer = async () => {
    const got = await answerTo({ port, path: '/', authority: 'edge.test', tls: { ca: ca.certificatePem } });
    return { body: got.body, serial: got.serverSerial?.toLowerCase() };
  };
  const restart = async (definition: Definition) => {
    await plane.server.drain(0);
    plane = new ControlPlane();
    plane.publish(definition);
    await plane.server.listen(`127.0.0.1:${xdsPort}`);
  };

  beforeAll(async () => {
    xdsPort = await freePort();
    port = await freePort();
    plane = new ControlPlane();
    plane.publish({ port, certificate: first });
    await plane.server.listen(`127.0.0.1:${xdsPort}`);
    envoy = await start();
    await envoy.admin.listening(port);
    await plane.settled();
  });
  afterAll(async () => {
    await envoy.stop();
    await plane.server.drain(0);
  });
  beforeEach(() => {
    plane.take();
    plane.nacks.length = 0;
  });

  test('it accepts everything and serves', async () => {
    expect(await answer()).toEqual({ body: 'one', serial: first.serial });
    expect(plane.server.status().nodes).toMatchObject([{ id: 'edge', group: 'default', envoyVersion: '1.40.0' }]);
  });

  test('a rotation sends one Secret and nothing else', async () => {
    plane.publish({ port, certificate: second });
    await envoy.admin.serving(second.serial);
    await plane.settled();
    expect(plane.take()).toEqual(['secrets 1']);
    expect(await answer()).toMatchObject({ serial: second.serial });
  });

  test('rule 5: a mismatched Secret is refused once, and the old one goes on serving', async () => {
    plane.publish({ port, certificate: first, key: second });
    await plane.until(() => plane.nacks.length === 1);
    expect(plane.nacks).toMatchObject([
      { type: 'secrets', reason: 'secret-key-mismatch', rejected: [{ name: SECRET, origins: [{ name: 'm' }] }] },
    ]);
    await plane.settled();
    // The second one is the old Secret: Envoy serves it, but would use the refused one for the next listener.
    expect(plane.take()).toEqual(['secrets 1', 'secrets 1']);
    // Something else changes, and then the listener that uses the Secret: neither brings the bad bytes back.
    plane.publish({ port, certificate: first, key: second, body: 'two' });
    await plane.settled();
    expect(plane.take()).toEqual(['routes 1']);
    expect(await answer()).toEqual({ body: 'two', serial: second.serial });
    plane.publish({ port, certificate: first, key: second, body: 'two', statPrefix: 'other' });
    await plane.settled();
    expect(plane.take().filter((line) => !line.startsWith('secrets'))).toEqual(['listeners 1']);
    await served({ body: 'two', serial: second.serial });
    expect(plane.nacks).toHaveLength(1);
  });

  test('rule 5: a fresh Envoy under that node id gets the last accepted bytes, at once', async () => {
    await envoy.stop();
    plane.take();
    envoy = await start();
    await envoy.admin.listening(port);
    await served({ body: 'two', serial: second.serial });
    expect(plane.nacks).toHaveLength(0);
    plane.publish({ port, certificate: first, body: 'two' });
    await envoy.admin.serving(first.serial);
    await plane.settled();
  });

  test('rule 20: a changed cluster does not stay warming', async () => {
    plane.publish({ port, certificate: first, connectTimeout: 2 });
    await plane.settled();
    expect(plane.take()).toEqual(['clusters 1', 'endpoints 1', 'routes 1']);
    expect(await envoy.admin.stat('cluster_manager.warming_clusters')).toBe(0);
  });

  test('rule 21: a changed listener whose Secret did not change serves at once', async () => {
    plane.publish({ port, certificate: first, connectTimeout: 2, statPrefix: 'third' });
    await plane.settled();
    expect(plane.take()).toEqual(['listeners 1', 'secrets 1']);
    expect(await envoy.admin.stat('listener_manager.total_listeners_warming')).toBe(0);
    await served({ body: 'one', serial: first.serial });
  });

  test('rule 14: a bad cluster costs the good ones nothing, and is not sent again', async () => {
    const definition: Definition = { port, certificate: first, clusters: ['c1', 'c2', 'c3'], statPrefix: 'third' };
    plane.publish({ ...definition, badCluster: 'named' });
    await plane.until(() => plane.nacks.some((nack) => nack.rejected.length > 0));
    await plane.settled();
    expect(plane.nacks).toMatchObject([{ type: 'clusters', rejected: [{ name: 'bad' }] }]);
    const known = async () => (await envoy.admin.text('/clusters')).match(/^c\d(?=::observability_name)/gm) ?? [];
    expect((await known()).sort()).toEqual(['c1', 'c2', 'c3']);

    // Again, but Envoy does not say which one it is.
    plane.publish({ ...definition, connectTimeout: 3, badCluster: 'unnamed' });
    await plane.until(() => plane.nacks.filter((nack) => nack.rejected.length > 0).length === 2);
    await plane.settled();
    expect(plane.nacks.at(-1)).toMatchObject({ reason: 'constraint-violation', rejected: [{ name: 'bad' }] });
    const timeouts = async () =>
      (await envoy.admin.text('/config_dump?resource=dynamic_active_clusters')).match(/"connect_timeout": "3s"/g);
    expect(await timeouts()).toHaveLength(3);
    expect((await known()).sort()).toEqual(['c1', 'c2', 'c3']);

    // A restarted control plane knows nothing of the refusal, but Envoy must tell it of every cluster that it has.
    await restart({ ...definition, clusters: ['c1', 'c2'] });
    await plane.until(() => plane.sent.length > 0);
    await plane.settled();
    expect((await known()).sort()).toEqual(['c1', 'c2']);
  });

  test('rule 19: a cluster that goes leaves after the routes were told', async () => {
    plane.publish({ port, certificate: first, clusters: ['c1'], statPrefix: 'third', body: 'three' });
    await plane.settled();
    expect(plane.take()).toEqual(delta ? ['routes 1', 'clusters 0 -1'] : ['routes 1', 'clusters 1']);
    expect(await answer()).toEqual({ body: 'three', serial: first.serial });
  });

  test('rule 19: also when it reconnects, and the cluster went while nobody was there', async () => {
    await restart({ port, certificate: first, clusters: ['c1', 'c2'], statPrefix: 'third', body: 'three' });
    await plane.settled();
    await restart({ port, certificate: first, clusters: ['c1'], statPrefix: 'third', body: 'four' });
    await plane.until(() => plane.sent.some((line) => line.startsWith('clusters')));
    await plane.settled();
    // In SotW a fresh control plane can not know which clusters Envoy has, and the first response says which it may keep.
    if (delta) expect(plane.take()).toEqual(['routes 1', 'clusters 0 -1']);
    expect(await answer()).toEqual({ body: 'four', serial: first.serial });
    plane.publish({ port, certificate: first, clusters: ['c1'], statPrefix: 'third', body: 'three' });
    await plane.settled();
  });

  test('after a restart with the same input, nothing is sent that Envoy need not have', async () => {
    await restart({ port, certificate: first, clusters: ['c1'], statPrefix: 'third', body: 'three' });
    await plane.settled();
    expect(plane.take().sort()).toEqual(delta ? [] : ['endpoints 1', 'routes 1', 'secrets 1']);
    expect(await answer()).toEqual({ body: 'three', serial: first.serial });
    plane.publish({ port, certificate: second, clusters: ['c1'], statPrefix: 'third', body: 'three' });
    await envoy.admin.serving(second.serial);
    await plane.settled();
    expect(plane.take()).toEqual(['secrets 1']);
  });

  /** Waits until new connections get this: a listener that was just accepted may take a moment to take over. */
  async function served(expected: { body: string; serial: string }): Promise<void> {
    await envoy.admin.listening(port);
    expect(await answer()).toEqual(expected);
  }
});
