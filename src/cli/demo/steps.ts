import type { CompilationReport } from '../../control-plane';
import { type ClientRequest, answerTo, send } from './client';
import type { Envoy } from './envoy';
import { eventually } from './eventually';
import { Load } from './load';
import { check } from './stage';
import type { Sighting } from './upstream';
import { type DemoPorts, EDGE_IDENTITY, EDGE_NAME, UPSTREAM_NAME, type Workspace } from './workspace';

/** What the steps work on. */
export interface DemoParts {
  readonly workspace: Workspace;
  readonly ports: DemoPorts;
  readonly edge: Envoy;
  readonly sidecar: Envoy;
  /** What the control plane has compiled so far; it grows. */
  readonly reports: readonly CompilationReport[];
}

const ROTATIONS = 5;
/** Requests that must flow after each change before it counts as survived. */
const PROOF = 50;

function throughTheEdge({ workspace, ports }: DemoParts): ClientRequest {
  return { port: ports.edge, path: '/upstream/hello', authority: EDGE_NAME, tls: { ca: workspace.ca.certificatePem } };
}

export async function request(parts: DemoParts): Promise<readonly string[]> {
  const answer = await answerTo(throughTheEdge(parts));
  check(answer.status === 200, `the edge answered ${answer.status}`);
  const seen = JSON.parse(answer.body) as Sighting;
  const identity = seen.headers['x-forwarded-client-cert'] ?? '';
  check(identity.includes(`URI=${EDGE_IDENTITY}`), 'the upstream did not learn the identity of the edge');
  return [`200 over ${answer.tlsVersion}; the upstream saw ${seen.path} from ${EDGE_IDENTITY}`];
}

export async function refusals({ workspace, ports }: DemoParts): Promise<readonly string[]> {
  const ca = workspace.ca.certificatePem;
  const stranger = await workspace.issueEdgeClient(workspace.strangers);
  const own = await workspace.issueOtherClient();
  const attempts: readonly (readonly [string, ClientRequest])[] = [
    ['without a certificate', { port: ports.sidecar, authority: UPSTREAM_NAME, tls: { ca } }],
    [
      'with the same identity from another CA',
      {
        port: ports.sidecar,
        authority: UPSTREAM_NAME,
        tls: { ca, cert: stranger.chainPem, key: stranger.privateKeyPem },
      },
    ],
    [
      'with another identity from our CA',
      { port: ports.sidecar, authority: UPSTREAM_NAME, tls: { ca, cert: own.chainPem, key: own.privateKeyPem } },
    ],
    ['in cleartext', { port: ports.sidecar, authority: UPSTREAM_NAME }],
  ];
  const found: string[] = [];
  for (const [who, attempt] of attempts) {
    const outcome = await send(attempt);
    check('error' in outcome, `a request ${who} was answered ${'status' in outcome ? outcome.status : ''}`);
    found.push(`${who}: ${outcome.error}`);
  }
  const client = await workspace.issueEdgeClient();
  const tls = { ca, cert: client.chainPem, key: client.privateKeyPem };
  const control = await send({ port: ports.sidecar, authority: UPSTREAM_NAME, tls });
  check('status' in control && control.status === 200, 'a good certificate was refused too');
  return [...found, 'with the right certificate: 200'];
}

export async function rotations(parts: DemoParts): Promise<readonly string[]> {
  const { workspace, edge, sidecar } = parts;
  const load = Load.start(throughTheEdge(parts));
  const before = await versions(parts);
  let serial = '';
  try {
    for (let round = 0; round < ROTATIONS; round += 1) {
      const client = await workspace.issueEdgeClient();
      const server = await workspace.issueSidecar();
      await workspace.writeKeyPair('upstream-certs', client);
      await workspace.writeKeyPair('sidecar-certs', server);
      await Promise.all([edge.admin.serving(client.serial), sidecar.admin.serving(server.serial)]);
      serial = client.serial;
      await load.outcomes(PROOF);
    }
  } finally {
    await load.stop();
  }
  const { ok, failed, failures } = load.report;
  check(failed === 0, `${failed} of ${ok + failed} requests failed: ${JSON.stringify(failures)}`);
  check((await versions(parts)) === before, 'a Listener or Cluster was replaced');
  return [
    `${ROTATIONS} rotations of both ends, ${ok} requests over fresh connections, 0 failed`,
    `both Envoys' /certs show the new serials (edge: ${serial.slice(0, 16)}…); no Cluster and no Listener changed`,
  ];
}

export async function brokenSecret(parts: DemoParts): Promise<readonly string[]> {
  const { workspace, edge, reports } = parts;
  const load = Load.start(throughTheEdge(parts));
  try {
    const good = await workspace.issueEdgeClient();
    await workspace.writeKeyPair('upstream-certs', good);
    await edge.admin.serving(good.serial);
    await workspace.writeKeyPair(
      'upstream-certs',
      await workspace.issueEdgeClient(),
      await workspace.issueEdgeClient(),
    );
    const finding = await eventually('the control plane refuses the Secret', () =>
      Promise.resolve(reports.flatMap(({ raised }) => raised).find(({ code }) => code === 'CS2004')),
    );
    await load.outcomes(PROOF);
    await edge.admin.serving(good.serial);
    const healed = await workspace.issueEdgeClient();
    await workspace.writeKeyPair('upstream-certs', healed);
    await edge.admin.serving(healed.serial);
    await load.outcomes(PROOF);
    const { failed, ok } = await load.stop();
    check(failed === 0, `${failed} of ${ok + failed} requests failed`);
    const { file, line, column } = finding.location ?? { file: '?', line: 0, column: 0 };
    return [
      `${file}:${line}:${column} ${finding.severity} ${finding.code} ${finding.message}`,
      `the last good certificate kept serving, a good one healed it: ${ok} requests, 0 failed`,
    ];
  } finally {
    await load.stop();
  }
}

/** How often each Envoy has replaced Clusters and Listeners. */
async function versions({ edge, sidecar }: DemoParts): Promise<string> {
  const names = [
    'cluster_manager.cluster_added',
    'cluster_manager.cluster_modified',
    'listener_manager.listener_added',
    'listener_manager.listener_modified',
  ];
  const counts = await Promise.all([edge, sidecar].flatMap(({ admin }) => names.map((name) => admin.stat(name))));
  return counts.join(' ');
}
