import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ConsulDemand, IdentityDemand, ServiceDemand } from '../../model/consul-demand';
import { type Instance, type Instances, type Leaf, readInstances, readLeaf, readRoots, type Roots } from './answers';
import type { ConsulAccess, ConsulAnswer } from './consul-api';
import type { Reader, Reading } from './inquiry';
import type { Question } from './question';

/** A question that has to be asked, of which agent, and how its answer is read. Two with one key are the same. */
export interface Need<Content> {
  readonly key: string;
  /** What it is about, in words. */
  readonly about: string;
  readonly access: ConsulAccess;
  readonly question: Question;
  readonly read: Reader<Content>;
}

/** Consul says so where the token may not see all that there is (Consul’s HTTP API, "Default ACL Policy": filtered results). */
const FILTERED = 'x-consul-results-filtered-by-acls';

/** The instances of a service that pass their checks, or its proxies of Consul Connect. */
export function instancesNeed(demand: ConsulDemand, { service, connect }: ServiceDemand): Need<Instances> {
  const { datacenter, namespace, tags } = demand;
  const query: readonly (readonly [string, string])[] = [
    ['passing', '1'],
    ...(datacenter === undefined ? [] : [['dc', datacenter] as const]),
    ...ofNamespace(namespace),
    ...tags.map((tag) => ['tag', tag] as const),
  ];
  const path = `/health/${connect ? 'connect' : 'service'}/${encodeURIComponent(service)}`;
  return need(demand, `${connect ? 'proxies' : 'instances'} of service "${service}"`, { path, query }, instances);
}

export function rootsNeed(demand: ConsulDemand): Need<Roots> {
  return need(demand, 'the roots of Consul Connect', { path: '/agent/connect/ca/roots', query: [] }, ({ body }) => ({
    content: readRoots(body),
  }));
}

export function leafNeed(demand: ConsulDemand, { service }: IdentityDemand): Need<Leaf> {
  const path = `/agent/connect/ca/leaf/${encodeURIComponent(service)}`;
  const question = { path, query: ofNamespace(demand.namespace) };
  return need(demand, `the certificate of "${service}"`, question, ({ body }) => ({ content: readLeaf(body) }));
}

function need<Content>(
  { address, token, tokenFile, ca }: ConsulDemand,
  about: string,
  question: Question,
  read: (answer: ConsulAnswer) => Reading<Content> | Promise<Reading<Content>>,
): Need<Content> {
  const access = {
    address,
    ...(token !== undefined && { token }),
    ...(tokenFile !== undefined && { tokenFile }),
    ...(ca !== undefined && { ca }),
  };
  const key = JSON.stringify([access, question]);
  return { key, about, access, question, read: async (answer) => read(answer) };
}

function ofNamespace(namespace: string | undefined): readonly (readonly [string, string])[] {
  return namespace === undefined ? [] : [['ns', namespace]];
}

/** A list that is empty because the token may not see it says nothing. */
async function instances({ headers, body }: ConsulAnswer): Promise<Reading<Instances>> {
  const { list, ...rest } = readInstances(body);
  if (list.length === 0 && headers[FILTERED] === 'true')
    return { notice: { code: 'CS7021', message: 'Consul’s ACLs hide them from this token' } };
  const resolved = await Promise.all(list.map(resolve));
  const missing = resolved.flatMap((found) => (typeof found === 'string' ? [found] : []));
  const content = { ...rest, list: resolved.flatMap((found) => (typeof found === 'string' ? [] : [found])) };
  if (missing.length === 0) return { content };
  const message = `the name ${missing.join(', ')} is not found`;
  return { content, notice: { code: 'CS7022', message } };
}

/** With an IP address, or the name that has none. */
async function resolve(instance: Instance): Promise<Instance | string> {
  if (isIP(instance.address) !== 0) return instance;
  try {
    const { address } = await lookup(instance.address);
    return { ...instance, address };
  } catch {
    return instance.address;
  }
}
