import type { Definition } from '../model/definition';
import { hostnameOf } from '../resolution/attachment';
import { covers, isServerName, serverNameOf } from '../resolution/hostname';
import { hostTls } from '../resolution/host-tls';
import { moduleConfig, moduleFault } from '../resolution/module';
import { quicObstacle } from '../resolution/quic-obstacle';
import type { BuildContext } from './build-context';
import type { ChainPolicy } from './chain-policy';
import { type ClientCertificateDetails, clientCertificateDetails } from './client-certificate-details';
import { usesCors } from './cors-policy';
import { contextOrigins, downstreamTls, quicTls } from './downstream-tls';
import type { HttpServices } from './http-services';
import { httpOptions } from './http-options';
import type { FilterChain, FilterChainMatch, HttpAction } from './listener';
import { type Origin, originOf } from './origin';
import type { VirtualHost } from './route-configuration';
import type { RouteGates } from './route-gates';
import type { SecretCollector } from './secret-collector';
import { routeConfiguration, strangers } from './strangers';
import { misdirected, outOfService, type VirtualHostBuilder } from './virtual-hosts';

type Host = Definition<'Host'>;

/** What all chains of a Listener share. */
export interface ChainFrame {
  readonly listener: string;
  readonly statPrefix: string;
  readonly trustedHops: number;
  readonly maxConcurrentStreams: number | undefined;
}

/** Makes the filter chains of a Listener. */
export class FilterChainBuilder {
  readonly #context: BuildContext;
  readonly #virtualHosts: VirtualHostBuilder;
  readonly #secrets: SecretCollector;
  readonly #gates: RouteGates;
  readonly #services: HttpServices;
  /** Of every Host of the node group, bound to the Listener at hand or not. */
  readonly #allHostnames: readonly string[];
  /**
   * What every chain answers while the Module is out of service. Its routes have a name of their own: listeners are pushed before routes, and
   * one that has to wait for its routes does not serve the earlier ones without the Module's filters meanwhile.
   */
  readonly #closed: readonly VirtualHost[] | undefined;

  constructor(
    context: BuildContext,
    virtualHosts: VirtualHostBuilder,
    secrets: SecretCollector,
    gates: RouteGates,
    services: HttpServices,
  ) {
    this.#context = context;
    this.#virtualHosts = virtualHosts;
    this.#secrets = secrets;
    this.#gates = gates;
    this.#services = services;
    this.#allHostnames = hostnamesOf(context.definitions.of('Host'));
    const fault = moduleFault(context.definitions, context.quarantine);
    this.#closed = fault && [outOfService(fault, gates)];
  }

  /** Of the services that every chain with HTTP works with. */
  get serviceOrigins(): readonly Origin[] {
    return this.#services.origins;
  }

  /**
   * One chain for each server name, holding only the virtual hosts that this name may reach: an authority that belongs to
   * another Host, or to none, gets 421 (RFC 9110 §15.5.20). The name of a quarantined Host has a chain that closes the
   * connection: without it the name would fall through to a wildcard’s chain and its laxer policy.
   */
  tlsChains(hosts: readonly Host[], policy: ChainPolicy, frame: ChainFrame): readonly FilterChain[] {
    return [...this.#byServerName(hosts)].map(([serverName, sharers]) => {
      const served = sharers.filter((host) => this.#servesTls(host));
      return (
        this.#securedChain(serverName, served, policy, frame, 'tls') ?? {
          name: `blocked-${serverName}`,
          match: matchOf('tls', serverName),
          action: { type: 'blocked' },
          origins: sharers.map(originOf),
        }
      );
    });
  }

  /**
   * As `tlsChains`, over QUIC. A name that is not served there must not fall through to a wildcard either, but Envoy can close no
   * QUIC connection unheard: the handshake is made with the certificate that the wildcard shows anyway, and every request gets 421.
   */
  quicChains(hosts: readonly Host[], policy: ChainPolicy, frame: ChainFrame): readonly FilterChain[] {
    const { definitions } = this.#context;
    const chains = new Map<string, FilterChain>();
    const withheld: string[] = [];
    for (const [serverName, sharers] of this.#byServerName(hosts)) {
      const served = sharers.filter((host) => this.#servesTls(host) && quicObstacle(host, definitions) === undefined);
      const chain = this.#securedChain(serverName, served, policy, frame, 'quic');
      if (chain === undefined) withheld.push(serverName);
      else chains.set(serverName, chain);
    }
    const wildcards = [...chains.keys()].toSorted((a, b) => b.length - a.length);
    const refusals = withheld.flatMap((serverName): readonly FilterChain[] => {
      const tls = chains.get(wildcards.find((wildcard) => covers(wildcard, serverName)) ?? '')?.tls;
      if (tls === undefined) return [];
      const name = `misdirected-${serverName}`;
      const action = this.#http(frame, name, [misdirected(['*'], this.#gates)], 'http3');
      return [{ name, match: matchOf('quic', serverName), action, tls }];
    });
    return [...chains.values(), ...refusals];
  }

  /** Undefined where none of the Hosts of that server name is served. */
  #securedChain(
    serverName: string,
    served: readonly Host[],
    policy: ChainPolicy,
    frame: ChainFrame,
    transport: 'tls' | 'quic',
  ): FilterChain | undefined {
    const [first] = served;
    const tls = first && hostTls(first, this.#context.definitions);
    if (first === undefined || tls === undefined) return undefined;
    const virtualHosts = this.#closed ?? [
      ...served.map((host) => this.#virtualHosts.onTls(host, policy)),
      ...strangers(first, served.map(hostnameOf), this.#allHostnames, 'everybody', this.#gates),
    ];
    const downstream = downstreamTls(tls, this.#context.definitions, this.#secrets);
    const name = `https-${serverName}`;
    const action = this.#http(frame, name, virtualHosts, transport === 'quic' ? 'http3' : 'auto');
    return {
      name,
      match: matchOf(transport, serverName),
      action:
        downstream.verification === undefined ? action : { ...action, forwardClientCertificate: this.#details(true) },
      tls: transport === 'quic' ? quicTls(downstream) : downstream,
      origins: [...served.map(originOf), ...contextOrigins(tls)],
    };
  }

  /**
   * The chain for connections without TLS; undefined where no Host may be reached in cleartext. The name of a Host that may
   * not gets 421: it must not fall through to a wildcard’s virtual host, whose Mappings may well overlap with it.
   */
  cleartextChain(
    hosts: readonly Host[],
    policy: ChainPolicy,
    model: 'XFP' | 'SECURE' | 'INSECURE',
    frame: ChainFrame,
  ): FilterChain | undefined {
    const served = this.#closed ?? hosts.flatMap((host) => this.#virtualHosts.onCleartext(host, policy, model) ?? []);
    const [first] = hosts;
    if (served.length === 0 || first === undefined) return undefined;
    const own = served.flatMap(({ domains }) => domains);
    const virtualHosts = this.#closed ?? [
      ...served,
      ...strangers(first, own, this.#allHostnames, 'known', this.#gates),
    ];
    const name = 'http';
    return {
      name,
      match: { transport: 'raw_buffer', serverNames: [] },
      action: this.#http(frame, name, virtualHosts, 'auto'),
    };
  }

  #http(
    frame: ChainFrame,
    chain: string,
    virtualHosts: HttpAction['routes']['virtualHosts'],
    codec: HttpAction['codec'],
  ): HttpAction {
    return {
      type: 'http',
      codec,
      ...(frame.maxConcurrentStreams !== undefined && { maxConcurrentStreams: frame.maxConcurrentStreams }),
      statPrefix: frame.statPrefix,
      trustedHops: frame.trustedHops,
      options: httpOptions(this.#context.definitions),
      services: this.#services,
      forwardClientCertificate: this.#details(false),
      cors: usesCors(virtualHosts),
      routes: routeConfiguration(`${frame.listener}/${chain}${this.#closed ? '/out-of-service' : ''}`, virtualHosts),
    };
  }

  #details(verified: boolean): ClientCertificateDetails {
    return clientCertificateDetails(verified, moduleConfig(this.#context.definitions));
  }

  #byServerName(hosts: readonly Host[]): ReadonlyMap<string, readonly Host[]> {
    const byServerName = new Map<string, Host[]>();
    for (const host of hosts.filter((candidate) => this.#claimsServerName(candidate))) {
      const serverName = serverNameOf(hostnameOf(host));
      byServerName.set(serverName, [...(byServerName.get(serverName) ?? []), host]);
    }
    return byServerName;
  }

  /** Terminates TLS, or would if it were not out of service. */
  #claimsServerName(host: Host): boolean {
    if (!isServerName(serverNameOf(hostnameOf(host)))) return false;
    const { definitions, quarantine } = this.#context;
    return hostTls(host, definitions) !== undefined || quarantine.reasonFor(host, 'tls') !== undefined;
  }

  #servesTls(host: Host): boolean {
    return this.#context.quarantine.reasonFor(host, 'tls') === undefined;
  }
}

const hostnames = new WeakMap<readonly Host[], readonly string[]>();

/** The same list for the same Hosts. */
function hostnamesOf(hosts: readonly Host[]): readonly string[] {
  const known = hostnames.get(hosts) ?? hosts.map(hostnameOf);
  hostnames.set(hosts, known);
  return known;
}

function matchOf(transport: 'tls' | 'quic', serverName: string): FilterChainMatch {
  return { transport, serverNames: serverName === '*' ? [] : [serverName] };
}
