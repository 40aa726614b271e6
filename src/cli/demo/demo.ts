import { createWriteStream } from 'node:fs';
import type { CompilationReport } from '../../control-plane';
import { bootstrapDocument } from '../bootstrap-document';
import type { Environment } from '../environment';
import { EXIT, type ExitCode } from '../exit-code';
import { createLogger } from '../log';
import { type RunningServer, startServer } from '../server';
import { Envoy } from './envoy';
import { freePort } from './port';
import { Stage, StepFailed } from './stage';
import { type DemoParts, brokenSecret, refusals, request, rotations } from './steps';
import { Upstream } from './upstream';
import { EDGE_NAME, Workspace } from './workspace';

export interface DemoOptions {
  readonly environment: Environment;
  readonly keep: boolean;
  readonly colour: boolean;
}

/** Runs the demo; the exit code is clean only if every step held. Whatever it started is ended, unless it is to be kept. */
export async function runDemo({ environment, keep, colour }: DemoOptions): Promise<ExitCode> {
  const stage = new Stage(environment, colour);
  const ends: (() => Promise<void>)[] = [];
  try {
    const parts = await start(stage, environment, ends);
    await stage.step('A request goes through both hops, and the upstream learns who sent it', () => request(parts));
    await stage.step('The sidecar refuses everybody else', () => refusals(parts));
    await stage.step('Certificates rotate under load, and nothing is lost', () => rotations(parts));
    await stage.step('A broken Secret is refused, and traffic goes on', () => brokenSecret(parts));
    stage.say('\nEvery step held.');
    if (keep) await hold(stage, parts);
    return EXIT.clean;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    stage.say(`     ${error.message}`);
    return EXIT.findings;
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

async function start(stage: Stage, environment: Environment, ends: (() => Promise<void>)[]): Promise<DemoParts> {
  const workspace = await Workspace.create(environment.now());
  ends.push(() => workspace.remove());
  const application = await Upstream.start();
  ends.push(() => application.stop());
  const ports = { edge: await freePort(), sidecar: await freePort(), application: application.port };
  const reports: CompilationReport[] = [];
  let server: RunningServer | undefined;
  await stage.step('A CA, certificates (EC and RSA) and definitions', async () => {
    await workspace.writeDefinitions(ports);
    await workspace.writeKeyPair('edge-certs', await workspace.issueEdgeServer());
    await workspace.writeKeyPair('upstream-certs', await workspace.issueEdgeClient());
    await workspace.writeKeyPair('sidecar-certs', await workspace.issueSidecar());
    return [`in ${workspace.path('config')}`];
  });
  await stage.step('The control plane, strict: everything must be verified', async () => {
    const logFile = createWriteStream(workspace.path('countersign.log'));
    ends.push(() => new Promise((resolve) => logFile.end(resolve)));
    server = await startServer({
      paths: [workspace.path('config')],
      policy: { strict: true, forceSecretValidation: true, installNamespace: 'default' },
      xds: '127.0.0.1:0',
      admin: '127.0.0.1:0',
      secretVersionKey: Buffer.from('countersign demo key'),
      log: createLogger('info', logFile),
      now: environment.now,
      onCompiled: (report) => reports.push(report),
    });
    const running = server;
    ends.push(() => running.stop(0));
    const errors = reports.at(-1)?.diagnostics.filter(({ severity }) => severity === 'error') ?? [];
    if (errors[0] !== undefined) throw new StepFailed(errors[0].message);
    return [`xDS on 127.0.0.1:${server.xdsPort}, http://127.0.0.1:${server.adminPort}/status`];
  });
  const xds = { host: '127.0.0.1', port: server?.xdsPort ?? 0 };
  const envoys: { edge?: Envoy; sidecar?: Envoy } = {};
  await stage.step('Two real Envoys, configured over Delta ADS', async () => {
    for (const role of ['sidecar', 'edge'] as const) {
      const envoy = await Envoy.start(bootstrapDocument({ role, nodeId: `demo-${role}`, xds }));
      ends.push(() => envoy.stop());
      envoys[role] = envoy;
      await envoy.admin.listening(ports[role]);
    }
    return [`edge on https://127.0.0.1:${ports.edge}, sidecar on https://127.0.0.1:${ports.sidecar}`];
  });
  const { edge, sidecar } = envoys;
  if (edge === undefined || sidecar === undefined) throw new StepFailed('the Envoys did not start');
  return { workspace, ports, edge, sidecar, reports };
}

/** Leaves everything running until Ctrl-C. */
async function hold(stage: Stage, { workspace, ports }: DemoParts): Promise<void> {
  await workspace.write('ca.crt', workspace.ca.certificatePem);
  const curl = `curl --cacert ${workspace.path('ca.crt')}`;
  stage.say(`
Still running; Ctrl-C ends it. Try:
  ${curl} --connect-to ${EDGE_NAME}:443:127.0.0.1:${ports.edge} https://${EDGE_NAME}/upstream/
  ${curl} --connect-to upstream.demo.test:443:127.0.0.1:${ports.sidecar} https://upstream.demo.test/     (refused: no client certificate)
  edit the files in ${workspace.path('config')} and watch ${workspace.path('countersign.log')}`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
