import type { Definition } from '../model/definition';
import type { Specs } from '../model/kinds';
import { meantHostname, overlaps } from './hostname';

type Labels = Readonly<Record<string, string>>;

const hostnames = new WeakMap<Definition<'Host'>, string>();

/** A Host’s `hostname`, `*` unless it says otherwise; of one that is out of service for how it is written, what was meant. */
export function hostnameOf(host: Definition<'Host'>): string {
  let hostname = hostnames.get(host);
  if (hostname === undefined) {
    hostname = meantHostname(host.spec.hostname ?? '*');
    hostnames.set(host, hostname);
  }
  return hostname;
}

/** The name a Mapping answers to: `hostname` before `host` before a `:authority` header; undefined if it says none. */
export function mappingHostname(spec: Specs['Mapping']): string | undefined {
  if (spec.hostname !== undefined) return spec.hostname;
  if (spec.host !== undefined) return spec.host_regex === true ? undefined : spec.host;
  return spec.headers === undefined ? undefined : authorityHeader(spec.headers);
}

/** The regular expression for the names that a Mapping answers to: `host` with `host_regex`, where there is no `hostname`. */
export function mappingHostRegex(spec: Specs['Mapping']): string | undefined {
  return spec.hostname === undefined && spec.host_regex === true ? spec.host : undefined;
}

/** Whether it is the header that `hostname` stands for. Names of headers are compared without regard to case. */
export function isAuthority(header: string): boolean {
  return header.toLowerCase() === ':authority';
}

function authorityHeader(headers: Labels): string | undefined {
  const name = Object.keys(headers).find(isAuthority);
  return name === undefined ? undefined : headers[name];
}

/**
 * Whether a Mapping belongs to a Host (Ambassador, "Host: mappingSelector"): selector and hostname must both agree where
 * both are present; where neither is, it does not. A `host_regex` Mapping belongs to every Host, selector permitting.
 */
export function mappingAttaches(mapping: Definition<'Mapping'>, host: Definition<'Host'>): boolean {
  const selector = (host.spec.mappingSelector ?? host.spec.selector)?.matchLabels;
  if (selector !== undefined && !labelsMatch(selector, mapping.metadata.labels)) return false;
  if (mappingHostRegex(mapping.spec) !== undefined) return true;
  const hostname = mappingHostname(mapping.spec);
  return hostname === undefined ? selector !== undefined : overlaps(hostname, hostnameOf(host));
}

/** Whether two Mappings belong to the same Hosts, whatever those are. */
export function attachAlike(a: Definition<'Mapping'>, b: Definition<'Mapping'>): boolean {
  return (
    mappingHostname(a.spec) === mappingHostname(b.spec) &&
    mappingHostRegex(a.spec) === mappingHostRegex(b.spec) &&
    Object.keys(a.metadata.labels).length === Object.keys(b.metadata.labels).length &&
    labelsMatch(a.metadata.labels, b.metadata.labels)
  );
}

/** Whether a Listener serves a Host: `hostBinding`’s namespace and selector must both agree. */
export function listenerBinds(listener: Definition<'Listener'>, host: Definition<'Host'>): boolean {
  const { namespace, selector } = listener.spec.hostBinding;
  if (namespace?.from === 'SELF' && listener.metadata.namespace !== host.metadata.namespace) return false;
  if (namespace === undefined && selector === undefined) return false;
  return selector?.matchLabels === undefined || labelsMatch(selector.matchLabels, host.metadata.labels);
}

function labelsMatch(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
