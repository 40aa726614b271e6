import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getEnvoy } from '../../../src/cli/envoy-binary';
import { freePort } from '../../support/port';

/** What the Pod of an edge Envoy would find, and where the control plane is in truth. */
export interface EdgePod {
  readonly name: string;
  /** Files of the ConfigMap. */
  readonly bootstrap: Readonly<Record<string, string>>;
  /** Files of the Secret. */
  readonly certificate: Readonly<Record<string, string>>;
  readonly xdsHost: string;
  readonly xdsPort: number;
}

/** An Envoy with the files of the chart's edge, moved to where it can run here: only paths, ports and the address are replaced. */
export class Edge {
  readonly adminPort: number;
  readonly monitoringPort: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(
    child: ChildProcess,
    folder: string,
    ports: { readonly admin: number; readonly monitoring: number },
  ) {
    this.#child = child;
    this.#folder = folder;
    this.adminPort = ports.admin;
    this.monitoringPort = ports.monitoring;
  }

  static async start({ name, bootstrap, certificate, xdsHost, xdsPort }: EdgePod): Promise<Edge> {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-edge-'));
    const [admin, monitoring] = [await freePort(), await freePort()];
    const moved = (text: string) =>
      text
        .replaceAll('/etc/envoy/', `${folder}/`)
        .replaceAll(`address: "${xdsHost}"`, 'address: "127.0.0.1"')
        .replaceAll('port_value: 18000', `port_value: ${xdsPort}`)
        .replaceAll('port_value: 9901', `port_value: ${admin}`)
        .replaceAll('port_value: 9900', `port_value: ${monitoring}`);
    for (const [directory, files] of Object.entries({ bootstrap, xds: certificate })) {
      mkdirSync(join(folder, directory));
      for (const [file, text] of Object.entries(files))
        writeFileSync(join(folder, directory, file), moved(text), { mode: 0o600 });
    }
    const args = ['--config-path', join(folder, 'bootstrap/envoy.yaml'), '--service-node', name];
    const child = spawn(await getEnvoy(), [...args, '--disable-hot-restart', '--concurrency', '1'], {
      stdio: 'ignore',
    });
    return new Edge(child, folder, { admin, monitoring });
  }

  /** The status of a path of the monitoring port; undefined: nobody listens. */
  async status(path: string, method = 'GET'): Promise<number | undefined> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.monitoringPort}${path}`, { method });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return undefined;
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exited;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
