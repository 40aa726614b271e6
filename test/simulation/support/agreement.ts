import { X509Certificate } from 'node:crypto';
import * as fc from 'fast-check';
import { judgePeer } from '../../../src/certificates';
import type { Cluster } from '../../../src/ir/cluster';
import type { Ir } from '../../../src/ir/ir';
import {
  type ClientTls,
  type Outcome,
  type Proxied,
  type SimulatedRequest,
  type Simulation,
  simulate,
} from '../../../src/simulation';
import { upgradeAskedFor } from '../../../src/simulation/request-headers';
import { matchesAnySubjectAltName } from '../../../src/simulation/subject-alt-name';
import { type Echo, ECHO_HEADER, EchoServers, SERVER_CHAIN, type SeenTls } from './echo';
import { CHAIN_HEADER, CLUSTER_HEADER, InstrumentedEnvoy, ROUTE_HEADER } from './instrumented-envoy';
import { CLIENT_CERTIFICATES, requestsFor } from './requests';
import { type Wire, WireClient } from './wire-client';

export interface Disagreement {
  /** The place of the configuration. */
  readonly configuration: number;
  readonly request: SimulatedRequest;
  readonly simulated: readonly string[];
  readonly observed: string;
}

export interface Report {
  readonly requests: number;
  /** How many requests came to each kind of end. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly disagreements: readonly Disagreement[];
}

export interface AgreementOptions {
  /** How many to generate, divided among the configurations. */
  readonly requests: number;
  readonly seed: number;
  /** Requests in the words of people, by the place of the configuration; ports are those of the definitions. */
  readonly written?: ReadonlyMap<number, readonly SimulatedRequest[]>;
}

/** How many requests are under way at a time. */
const LANES = 8;

/** Sends generated requests to a real Envoy with these configurations, and holds what comes of each against the simulation. */
export async function agreement(configurations: readonly Ir[], options: AgreementOptions): Promise<Report> {
  const echo = new EchoServers();
  const client = new WireClient(
    Object.fromEntries(CLIENT_CERTIFICATES.map(({ certificate, key }) => [certificate, key])),
  );
  try {
    const envoy = await InstrumentedEnvoy.start(configurations, echo);
    try {
      return await compare(envoy, configurations, client, options);
    } finally {
      client.close();
      await envoy.stop();
    }
  } finally {
    await echo.stop();
  }
}

interface Work {
  readonly configuration: number;
  readonly ir: Ir;
  readonly request: SimulatedRequest;
}

async function compare(
  envoy: InstrumentedEnvoy,
  configurations: readonly Ir[],
  client: WireClient,
  options: AgreementOptions,
): Promise<Report> {
  const work = [...generatedWork(envoy, options), ...writtenWork(envoy, configurations, options)];
  const outcomes: Record<string, number> = {};
  const disagreements: Disagreement[] = [];
  const lane = async (start: number) => {
    for (let place = start; place < work.length; place += LANES) {
      const item = work[place];
      if (item === undefined) return;
      const { ir, configuration, request } = item;
      const wire = await client.send(request);
      const simulation = simulate(ir, request, new Date());
      const observed = observation(wire);
      const simulated = expectations(simulation, ir, request, (name) => envoy.clusterName(configuration, name));
      const kind = kindOf(simulation);
      outcomes[kind] = (outcomes[kind] ?? 0) + 1;
      if (!simulated.includes(observed) && !isBadRequest(simulation, wire))
        disagreements.push({ configuration, request, simulated, observed });
    }
  };
  await Promise.all(Array.from({ length: LANES }, async (_none, start) => await lane(start)));
  return { requests: work.length, outcomes, disagreements };
}

function generatedWork(envoy: InstrumentedEnvoy, { requests, seed }: AgreementOptions): readonly Work[] {
  const served = envoy.irs.flatMap((ir, configuration) => (ir.listeners.length === 0 ? [] : [{ ir, configuration }]));
  const numRuns = Math.ceil(requests / served.length);
  return served.flatMap(({ ir, configuration }) =>
    fc
      .sample(requestsFor(ir), { seed: seed + configuration, numRuns })
      .map((request) => ({ ir, configuration, request })),
  );
}

function writtenWork(
  envoy: InstrumentedEnvoy,
  configurations: readonly Ir[],
  { written }: AgreementOptions,
): readonly Work[] {
  return [...(written ?? [])].flatMap(([configuration, requests]) =>
    requests.flatMap((request) => {
      const ir = envoy.irs[configuration];
      const name = configurations[configuration]?.listeners.find(
        ({ port: own, transport }) => own === request.port && transport === (request.transport ?? 'tcp'),
      )?.name;
      const port = ir?.listeners.find((each) => each.name === name)?.port;
      return ir === undefined || port === undefined ? [] : [{ configuration, ir, request: { ...request, port } }];
    }),
  );
}

/** One line that holds all of what could be seen. */
function observation(wire: Wire): string {
  if (wire.type === 'refused') return 'refused';
  if (wire.type === 'ended') return /^ERR_SSL.*ALERT|^EPROTO$/.test(wire.code) ? 'alert' : 'ended';
  const { status, headers } = wire;
  const echoed = headers[ECHO_HEADER];
  return line({
    status,
    chain: headers[CHAIN_HEADER],
    route: headers[ROUTE_HEADER],
    cluster: headers[CLUSTER_HEADER] === '-' ? undefined : headers[CLUSTER_HEADER],
    location: headers.location,
    ...(typeof echoed === 'string' && { echo: JSON.parse(Buffer.from(echoed, 'base64').toString()) as Echo }),
  });
}

/** The observations that the simulation allows; one, unless weights divide the requests. */
function expectations(
  simulation: Simulation,
  ir: Ir,
  request: SimulatedRequest,
  clusterName: (name: string) => string,
): readonly string[] {
  switch (simulation.type) {
    case 'refused':
      return ['refused'];
    case 'closed':
      return simulation.reason === 'tls_not_spoken' ? ['ended', 'alert'] : ['ended'];
    case 'handshake_failed':
      // An alert may be lost where the client goes on writing to a connection that is closed.
      return ['alert', 'ended'];
    case 'proxied':
      return simulation.upstreams.map(({ cluster }) => proxied(simulation, cluster, ir, request, clusterName));
    case 'answered': {
      const { filterChain, virtualHost, outcomes } = simulation;
      const routes = filterChain.action.type === 'http' ? filterChain.action.routes : undefined;
      const place = virtualHost && routes?.virtualHosts.indexOf(virtualHost);
      return outcomes.map((outcome) => {
        const number = outcome.route && isNamed(outcome) ? virtualHost?.routes.indexOf(outcome.route) : undefined;
        return line({
          ...(number !== undefined && { chain: filterChain.name, route: `${place}.${number}` }),
          ...expectation(outcome, ir, request, clusterName),
        });
      });
    }
  }
}

const LOCAL_REPLIES: readonly string[] = ['upgrade_refused', 'address_refused', 'probe'];

/** An answer to a bad request may bear the headers of the route that it would have come to. */
function isBadRequest(simulation: Simulation, wire: Wire): boolean {
  return (
    simulation.type === 'answered' &&
    simulation.outcomes.some((outcome) => outcome.type === 'responded' && outcome.reason === 'bad_request') &&
    wire.type === 'answer' &&
    wire.status === 400 &&
    wire.headers[ECHO_HEADER] === undefined
  );
}

/** What a filter answers bears the headers of a route that forwards, and of no other; a preflight's answer bears none. */
function isNamed(outcome: Outcome): boolean {
  if (outcome.type !== 'responded') return true;
  if (LOCAL_REPLIES.includes(outcome.reason)) return outcome.route?.action.type === 'forward';
  return outcome.reason !== 'cors_preflight';
}

function expectation(
  outcome: Outcome,
  ir: Ir,
  request: SimulatedRequest,
  clusterName: (name: string) => string,
): object {
  switch (outcome.type) {
    case 'responded': {
      const { route, status, reason } = outcome;
      return {
        status,
        ...(LOCAL_REPLIES.includes(reason) && {
          cluster: route?.action.type === 'forward' ? clusterName(route.action.cluster) : undefined,
        }),
      };
    }
    case 'redirected':
      return { status: outcome.status, location: outcome.location };
    case 'forwarded': {
      const cluster = clusterName(outcome.cluster.name);
      if (!believes(outcome.cluster, ir)) return { status: 503, cluster };
      const { path, authority } = outcome;
      // Node refuses what is no path, and over HTTP/2 an empty authority and upgrades (RFC 8441).
      const { http2 } = outcome.cluster.settings;
      const refused = authority === '' || upgradeAskedFor(request) !== undefined;
      if (!path.startsWith('/') || (http2 && refused)) return { status: http2 ? 502 : 400, cluster };
      const echo = {
        upstream: cluster,
        method: request.method ?? 'GET',
        path,
        authority,
        tls: tlsSeen(outcome.cluster, ir),
      };
      return { status: 200, cluster, echo };
    }
  }
}

/** Whether the upstream’s certificate, which the test chose, satisfies the cluster. */
function believes({ tls }: Cluster, ir: Ir): boolean {
  const { verification, maxVersion = 'v1.2' } = tls ?? {};
  // Node takes nothing older than TLS 1.2.
  if (maxVersion < 'v1.2') return false;
  if (verification === undefined) return true;
  const secret = ir.secrets.find(({ name }) => name === verification.trustedCa);
  if (secret?.type !== 'validation_context' || secret.trust === 'system' || 'file' in secret.trust) return false;
  const { leaf, refusal } = judgePeer(SERVER_CHAIN, secret.trust, 'server', new Date());
  return refusal === undefined && matchesAnySubjectAltName(verification.subjectAltNames, leaf?.subjectAltNames ?? []);
}

function tlsSeen({ tls }: Cluster, ir: Ir): readonly SeenTls[] {
  if (tls === undefined) return [];
  const secret = ir.secrets.find(({ name }) => name === tls.clientCertificate);
  const fingerprint =
    secret?.type === 'tls_certificate' && 'certificates' in secret.keyPair
      ? secret.keyPair.certificates[0]?.fingerprint
      : undefined;
  return [
    {
      ...(tls.sni !== undefined && { serverName: tls.sni }),
      ...(fingerprint !== undefined && { clientFingerprint: fingerprint }),
    },
  ];
}

/** What a TCP proxy does to a request: nothing. */
function proxied(
  { terminated }: Proxied,
  cluster: Cluster,
  ir: Ir,
  request: SimulatedRequest,
  clusterName: (name: string) => string,
): string {
  const passed = terminated ? undefined : request.tls;
  if (cluster.discovery.type === 'none' || !believes(cluster, ir)) return 'ended';
  // Node takes nothing older than TLS 1.2.
  if ((passed?.maxVersion ?? 'v1.3') < 'v1.2') return 'alert';
  const { method = 'GET', path = '/', authority } = request;
  const upstream = clusterName(cluster.name);
  const tls = [...tlsSeen(cluster, ir), ...(passed === undefined ? [] : [shown(passed)])];
  return line({ status: 200, echo: { upstream, method, path, authority, tls } });
}

function shown({ serverName, certificate }: ClientTls): SeenTls {
  const fingerprint = certificate && new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    ...(serverName !== undefined && { serverName }),
    ...(fingerprint !== undefined && { clientFingerprint: fingerprint }),
  };
}

function kindOf(simulation: Simulation): string {
  if (simulation.type === 'refused') return 'refused';
  if (simulation.type === 'proxied') return 'proxied';
  if (simulation.type !== 'answered') return `${simulation.type}: ${simulation.reason}`;
  const [first, ...others] = simulation.outcomes;
  if (others.length > 0) return 'answered: divided by weight';
  if (first?.type === 'responded') return `answered: ${first.status} ${first.reason}`;
  return `answered: ${first?.type}`;
}

/** Keys in a fixed order. */
function line(value: object): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
