import type { Definition } from '../model/definition';
import { covers } from '../resolution/hostname';
import { Memo } from '../resolution/memo';
import type { RouteConfiguration, VirtualHost } from './route-configuration';
import type { RouteGates } from './route-gates';
import { misdirected } from './virtual-hosts';

type Host = Definition<'Host'>;

const known = new Memo<Host, readonly VirtualHost[]>();

/**
 * The virtual host for names that must not be served on a chain though one of its own globs matches them: those of every other
 * Host, and with `everybody` whatever nobody serves.
 *
 * @param first of the Hosts on the chain
 * @param all of every Host of the node group; a list that is the same object for the same Hosts
 */
export function strangers(
  first: Host,
  own: readonly string[],
  all: readonly string[],
  whom: 'known' | 'everybody',
  gates: RouteGates,
): readonly VirtualHost[] {
  return known.get(first, whom, [own.join(), all, gates.unasked], () => strangersOn(own, all, whom, gates));
}

function strangersOn(
  own: readonly string[],
  all: readonly string[],
  whom: 'known' | 'everybody',
  gates: RouteGates,
): readonly VirtualHost[] {
  const names = new Set(own.map((name) => name.toLowerCase()));
  // Only a glob covers other names: with thousands of Hosts, that most have none must cost nothing.
  const globs = [...names].filter((name) => name.includes('*'));
  const others = new Set(
    globs.length === 0
      ? []
      : lowered(all).filter((hostname) => !names.has(hostname) && globs.some((glob) => covers(glob, hostname))),
  );
  const portsCount = [...names, ...others].some((hostname) => hostname.includes(':'));
  const domains = [...others].flatMap((name) => inEverySpelling(name, portsCount));
  if (whom === 'everybody' && !names.has('*')) domains.push('*');
  return domains.length === 0 ? [] : [misdirected(domains, gates)];
}

const configurations = new Memo<VirtualHost, RouteConfiguration>();

/**
 * Virtual hosts are picked by name, whatever the port, so that `admin.example.com:8443` cannot slip past the virtual host of
 * `admin.example.com` to a wildcard’s. Where a Host’s hostname has a port, ports must count.
 */
export function routeConfiguration(name: string, virtualHosts: readonly VirtualHost[]): RouteConfiguration {
  const build = (): RouteConfiguration => {
    const ignorePort = !virtualHosts.some(({ domains }) => domains.some((domain) => /:(\d+|\*)$/.test(domain)));
    return { name, ignorePort, virtualHosts };
  };
  const [first] = virtualHosts;
  return first === undefined ? build() : configurations.get(first, name, virtualHosts, build);
}

/** A full name also with the root’s dot, which means the same host; and with any port, where ports count. */
function inEverySpelling(name: string, portsCount: boolean): readonly string[] {
  if (name.includes('*') || name.includes(':')) return [name];
  return [name, `${name}.`, ...(portsCount ? [`${name}:*`] : [])];
}

const inLowerCase = new WeakMap<readonly string[], readonly string[]>();

function lowered(hostnames: readonly string[]): readonly string[] {
  const known = inLowerCase.get(hostnames) ?? hostnames.map((hostname) => hostname.toLowerCase());
  inLowerCase.set(hostnames, known);
  return known;
}
