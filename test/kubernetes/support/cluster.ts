import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../support/port';

const run = promisify(execFile);
const ROOT = join(__dirname, '../../..');

/** Who `countersign` is in the cluster: a user without any rights but those that it is given. */
const USER = 'limited';

/** A real kube-apiserver with its etcd, on ports of its own, under RBAC. */
export class Cluster {
  /** Of an administrator. */
  readonly kubeconfig: string;
  /** Of the control plane, which has the rights of the ClusterRole. */
  readonly limitedKubeconfig: string;
  readonly #servers: string;
  readonly #kubectl: string;
  readonly #variables: Readonly<Record<string, string>>;

  private constructor(servers: string, bin: string, variables: Readonly<Record<string, string>>) {
    const { RUN = '' } = variables;
    this.#servers = servers;
    this.#variables = variables;
    this.#kubectl = join(bin, 'kubectl');
    this.kubeconfig = join(RUN, 'kubeconfig');
    this.limitedKubeconfig = join(RUN, 'limited.kubeconfig');
  }

  /** With the CRDs, and the rights of the ClusterRole for the control plane, unless the test wants to give them itself. */
  static async start({ crds = true, rights = true } = {}): Promise<Cluster> {
    const servers = process.env['COUNTERSIGN_SERVERS'];
    if (servers === undefined) throw new Error('run these tests with `npm run test:kubernetes`');
    const { stdout: bin } = await run(join(servers, 'unpack'));
    const variables = {
      RUN: mkdtempSync(join(tmpdir(), 'countersign-cluster-')),
      KPORT: String(await freePort()),
      EPORT: String(await freePort()),
      AUTHZ: 'RBAC',
    };
    const cluster = new Cluster(servers, bin.trim(), variables);
    await cluster.resume();
    const token = readFileSync(join(variables.RUN, 'token'), 'utf8');
    writeFileSync(cluster.limitedKubeconfig, cluster.#kubeconfigOf(`limited-${token}`), { mode: 0o600 });
    if (crds) await cluster.installCrds();
    if (rights) await cluster.grant();
    return cluster;
  }

  /** The path of a kubeconfig with this token, in whose namespace what names none is. */
  kubeconfigWith(token: string, namespace: string): string {
    const path = join(this.#variables['RUN'] ?? '', `${randomUUID()}.kubeconfig`);
    const text = this.#kubeconfigOf(token).replace('user: u }', `user: u, namespace: ${namespace} }`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  #kubeconfigOf(token: string): string {
    return readFileSync(this.kubeconfig, 'utf8').replace(/token: "[^"]*"/, `token: "${token}"`);
  }

  async installCrds(): Promise<void> {
    await this.kubectl('apply', '--server-side', '-f', join(ROOT, 'deploy/crds'));
    await this.kubectl('wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all');
  }

  /** Gives the control plane the rights of the ClusterRole that is shipped. */
  async grant(): Promise<void> {
    await this.kubectl('apply', '-f', join(ROOT, 'deploy/kubernetes/clusterrole.yaml'));
    await this.kubectl('create', 'clusterrolebinding', 'countersign', '--clusterrole=countersign', `--user=${USER}`);
    await this.kubectl('create', 'rolebinding', 'countersign', '--role=countersign', `--user=${USER}`);
  }

  async revoke(): Promise<void> {
    await this.kubectl('delete', 'clusterrolebinding', 'countersign');
    await this.kubectl('delete', 'rolebinding', 'countersign');
  }

  /** What `kubectl` prints. */
  async kubectl(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(this.#kubectl, ['--kubeconfig', this.kubeconfig, ...args], { maxBuffer: 64 << 20 });
    return stdout;
  }

  /** What a shell prints that has `kubectl` and is an administrator, in the folder of the project. */
  async shell(commands: string): Promise<string> {
    const PATH = `${dirname(this.#kubectl)}:${process.env['PATH'] ?? ''}`;
    const env = { ...process.env, KUBECONFIG: this.kubeconfig, PATH };
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', commands], { cwd: ROOT, env });
    return stdout;
  }

  /** What `kubectl` prints when it reads this object, or the list of these items, from its standard input. */
  async kubectlWith(object: object, ...args: readonly string[]): Promise<string> {
    const kubectl = run(this.#kubectl, ['--kubeconfig', this.kubeconfig, ...args], { maxBuffer: 64 << 20 });
    kubectl.child.stdin?.end(
      JSON.stringify('items' in object ? { apiVersion: 'v1', kind: 'List', ...object } : object),
    );
    return (await kubectl).stdout;
  }

  /** `kubectl apply -f -` of these objects. */
  async apply(...objects: readonly object[]): Promise<void> {
    await this.kubectlWith({ items: objects }, 'apply', '-f', '-');
  }

  /** Forgets all but the newest version of everything: a watch cannot go on from before. */
  async compact(): Promise<void> {
    const ask = async (call: string, body: object): Promise<unknown> => {
      const url = `http://127.0.0.1:${this.#variables['EPORT']}/v3/kv/${call}`;
      return await (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).json();
    };
    const { header } = (await ask('range', { key: Buffer.from('a').toString('base64') })) as {
      readonly header: { readonly revision: string };
    };
    await ask('compaction', { revision: header.revision, physical: true });
  }

  /** Ends the API server and etcd; what is in etcd stays, unless it is to be wiped. */
  async pause({ wipe = false } = {}): Promise<void> {
    await run(join(this.#servers, 'kubernetes/down'), { env: this.#env({ WIPE: wipe ? '1' : '0' }) });
  }

  async resume(): Promise<void> {
    await run(join(this.#servers, 'kubernetes/up'), { env: this.#env({}) });
  }

  async stop(): Promise<void> {
    await this.pause({ wipe: true });
    rmSync(this.#variables['RUN'] ?? '', { recursive: true, force: true });
  }

  #env(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    return { ...process.env, ...this.#variables, ...more };
  }
}
