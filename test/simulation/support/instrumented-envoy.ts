import { join } from 'node:path';
import { staticBootstrap } from '../../../src/envoy/static-bootstrap';
import type { Ir } from '../../../src/ir/ir';
import { decode, encode, type JsonValue } from '../../../src/protos';
import { DnsServer } from '../../support/dns-server';
import { Envoy } from '../../support/envoy';
import type { EchoServers } from './echo';

/** In every answer that a route gave: `<virtual host>.<route>` by their places, and the name of the cluster. */
export const ROUTE_HEADER = 'x-simulated-route';
export const CLUSTER_HEADER = 'x-simulated-cluster';
export const CHAIN_HEADER = 'x-simulated-chain';

type Message = Record<string, unknown>;

/** What of a bootstrap is instrumented. */
interface Bootstrap extends Message {
  readonly static_resources: {
    readonly listeners?: readonly ListenerMessage[];
    readonly clusters?: readonly Message[];
    readonly secrets?: readonly Message[];
  };
}
interface ListenerMessage extends Message {
  readonly name: string;
  readonly filter_chains: readonly {
    readonly filters?: readonly {
      readonly typed_config: Message & {
        readonly http_filters?: readonly { readonly name: string }[];
        readonly route_config?: Message & { readonly virtual_hosts: VirtualHosts };
      };
    }[];
  }[];
}
type VirtualHosts = readonly { readonly routes?: readonly Message[] }[];

/** Filters that let others decide, and those that change what is sent. */
const ASKING = ['ext_authz', 'ratelimit', 'lua', 'buffer', 'grpc_web', 'grpc_http1_bridge'].map(
  (name) => `envoy.filters.http.${name}`,
);
const FIXTURES = join(__dirname, '../../../fixtures');
const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';

/**
 * One real Envoy with the configurations of many node groups. Listeners get ports of their own, clusters lead to the echo
 * servers, AuthServices, RateLimitServices and the Module's filters are not asked, and routes say in a response header that it was they; all else is
 * what the compiler made.
 */
export class InstrumentedEnvoy {
  /** The configurations with the ports on which their listeners really are. */
  readonly irs: readonly Ir[];
  readonly #envoy: Envoy;
  readonly #dns: DnsServer;

  private constructor(irs: readonly Ir[], envoy: Envoy, dns: DnsServer) {
    this.irs = irs;
    this.#envoy = envoy;
    this.#dns = dns;
  }

  static async start(all: readonly Ir[], echo: EchoServers): Promise<InstrumentedEnvoy> {
    const irs = all.map(overTcp);
    const names = irs.flatMap(({ clusters }) => clusters.flatMap(({ discovery }) => discovery)).flatMap(dnsName);
    const dns = await DnsServer.start(Object.fromEntries(names.map((name) => [name, '127.0.0.1'])));
    const parts = await Promise.all(irs.map(async (ir, index) => await instrumented(ir, index, echo)));
    const resources = (kind: 'listeners' | 'clusters' | 'secrets') =>
      parts.flatMap<Message>(({ static_resources }) => static_resources[kind] ?? []);
    const envoy = await Envoy.start({
      // An SDS server must be told who asks; here there is none.
      node: { id: 'simulation', cluster: 'simulation' },
      layered_runtime: parts[0]?.['layered_runtime'],
      ...dns.bootstrap,
      static_resources: {
        listeners: resources('listeners'),
        clusters: resources('clusters'),
        secrets: resources('secrets'),
      },
    });
    try {
      await envoy.logged(/all dependencies initialized|starting main dispatch loop/);
      await envoy.logged(/all clusters initialized|starting workers/);
      const ports = await portsOf(envoy);
      return new InstrumentedEnvoy(
        irs.map((ir, index) => ({
          ...ir,
          listeners: ir.listeners.map((listener) => {
            const port = ports.get(nameIn(index, listener.name));
            if (port === undefined) throw new Error(`Envoy has no listener ${listener.name}`);
            return { ...listener, port };
          }),
        })),
        envoy,
        dns,
      );
    } catch (error) {
      await envoy.stop();
      await dns.stop();
      throw error;
    }
  }

  /** What a cluster of the IR is called in this Envoy. */
  clusterName(index: number, name: string): string {
    return nameIn(index, name);
  }

  async stop(): Promise<void> {
    await this.#envoy.stop();
    await this.#dns.stop();
  }
}

/** The client of these tests does not speak HTTP/3. */
function overTcp(ir: Ir): Ir {
  return { ...ir, listeners: ir.listeners.filter(({ transport }) => transport === 'tcp') };
}

function nameIn(index: number, name: string): string {
  return `${index}/${name}`;
}

function dnsName(discovery: Ir['clusters'][number]['discovery']): string[] {
  return discovery.type === 'strict_dns' ? [discovery.address.toLowerCase()] : [];
}

async function instrumented(ir: Ir, index: number, echo: EchoServers): Promise<Bootstrap> {
  const message = encode(BOOTSTRAP, staticBootstrap(ir, { withKeys: true }));
  const bootstrap = renamed(decode(BOOTSTRAP, message, { revealKeys: true }), ir, index);
  const { listeners = [], clusters = [] } = bootstrap.static_resources;
  for (const listener of listeners) instrumentListener(listener, index);
  for (const [place, cluster] of clusters.entries()) {
    redirectCluster(cluster, ir.clusters[place], await echo.open(String(cluster['name'])));
  }
  return bootstrap;
}

/** The same names mean different things in different node groups. */
function renamed(value: JsonValue, ir: Ir, index: number): Bootstrap {
  const clusters = new Set(ir.clusters.map(({ name }) => name));
  const secrets = new Set(ir.secrets.map(({ name }) => name));
  const text = JSON.stringify(value, (key, item: unknown) => {
    if (typeof item !== 'string') return item;
    // Files of fixtures are named as from a fixture's own directory.
    if (key === 'filename' && item.startsWith('../')) return join(FIXTURES, item.slice(3));
    return clusters.has(item) || (key === 'name' && secrets.has(item)) ? nameIn(index, item) : item;
  });
  return JSON.parse(text) as Bootstrap;
}

function instrumentListener(listener: ListenerMessage, index: number): void {
  Object.assign(listener, {
    name: nameIn(index, listener.name),
    address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
  });
  for (const { filters = [] } of listener.filter_chains) {
    for (const { typed_config: config } of filters) {
      if (config.route_config !== undefined) {
        delete config['access_log'];
        Object.assign(config, { http_filters: config.http_filters?.filter(({ name }) => !ASKING.includes(name)) });
        instrumentRoutes(config.route_config);
      }
    }
  }
}

function instrumentRoutes(routes: Message & { readonly virtual_hosts: VirtualHosts }): void {
  Object.assign(routes, {
    response_headers_to_add: [
      { header: { key: ROUTE_HEADER, value: '%ROUTE_NAME%' } },
      { header: { key: CLUSTER_HEADER, value: '%UPSTREAM_CLUSTER_RAW%' } },
      { header: { key: CHAIN_HEADER, value: '%FILTER_CHAIN_NAME%' } },
    ],
  });
  for (const [v, virtualHost] of routes.virtual_hosts.entries()) {
    for (const [r, route] of (virtualHost.routes ?? []).entries()) Object.assign(route, { name: `${v}.${r}` });
  }
}

/** Only the port changes where Envoy resolves a name: the name may become the authority. */
function redirectCluster(cluster: Message, input: Ir['clusters'][number] | undefined, port_value: number): void {
  if (input === undefined || input.discovery.type === 'none' || input.discovery.type === 'socket') return;
  const address = input.discovery.type === 'strict_dns' ? input.discovery.address : '127.0.0.1';
  Object.assign(cluster, {
    load_assignment: {
      cluster_name: cluster['name'],
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address, port_value } } } }] }],
    },
    // The machine of a test may be slow.
    connect_timeout: '10s',
    // The names resolve to IPv4 addresses alone.
    ...(cluster['dns_lookup_family'] !== undefined && { dns_lookup_family: 'V4_ONLY' }),
  });
}

async function portsOf(envoy: Envoy): Promise<ReadonlyMap<string, number>> {
  interface Statuses {
    readonly listener_statuses?: readonly {
      readonly name: string;
      readonly local_address: { readonly socket_address?: { readonly port_value: number } };
    }[];
  }
  const { listener_statuses: statuses = [] } = await envoy.admin.json<Statuses>('/listeners?format=json');
  return new Map(statuses.map(({ name, local_address: local }) => [name, local.socket_address?.port_value ?? 0]));
}
