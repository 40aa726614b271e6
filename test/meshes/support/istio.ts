import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Cluster } from '../../kubernetes/support/cluster';

const run = promisify(execFile);

export interface IstioOptions {
  /** Life of certificates; they are renewed when half of it is over. */
  readonly certificateTtl?: string;
  /** With roots A and B, of which istiod begins with A, instead of one that it makes itself. */
  readonly pluggedCa?: boolean;
  /** Of istiod, as `NAME=value` with blanks between. */
  readonly environment?: string;
}

/** Who has an istio-agent. Their SPIFFE IDs are `spiffe://cluster.local/ns/default/sa/<name>`. */
export type Identity = 'edge' | 'quote';

/** The ports of istiod and its agents are fixed: whoever has this one may use them. */
const LOCK_PORT = 15_009;
const LOCK_RETRY_MS = 250;

/** A real istiod over a real kube-apiserver, and an istio-agent for each identity. */
export class Istio {
  readonly cluster: Cluster;
  readonly #servers: string;
  readonly #folder: string;
  readonly #lock: Server;

  private constructor(cluster: Cluster, servers: string, folder: string, lock: Server) {
    this.cluster = cluster;
    this.#servers = servers;
    this.#folder = folder;
    this.#lock = lock;
  }

  static async start(options: IstioOptions = {}): Promise<Istio> {
    const servers = process.env['COUNTERSIGN_SERVERS'];
    if (servers === undefined) throw new Error('run these tests with `npm run test:meshes`');
    const lock = await lockPorts();
    const cluster = await Cluster.start();
    const istio = new Istio(cluster, servers, mkdtempSync(join(tmpdir(), 'istio-')), lock);
    try {
      await istio.#script('up', {
        KUBECONFIG: cluster.kubeconfig,
        CERT_TTL: options.certificateTtl ?? '24h',
        ...(options.pluggedCa === true && { PLUGIN_CA: '1' }),
        ...(options.environment !== undefined && { ISTIOD_ENV: options.environment }),
      });
    } catch (error) {
      await istio.stop();
      throw error;
    }
    return istio;
  }

  /** Of the SDS server of an agent. */
  socket(identity: Identity): string {
    return join(this.#folder, identity, 'var/run/secrets/workload-spiffe-uds/socket');
  }

  /** The folder into which an agent writes certificate, key and roots. */
  certificates(identity: Identity): string {
    return join(this.#folder, identity, 'etc/istio-certs');
  }

  /** Ends an agent, as a container of its own may end. */
  stopAgent(identity: Identity): void {
    // In the order in which they were started.
    const [, edge, quote] = readFileSync(join(this.#folder, 'pids'), 'utf8').split('\n');
    process.kill(Number(identity === 'edge' ? edge : quote), 'SIGKILL');
  }

  /** Has istiod sign by the intermediate of one root, and tell everybody to trust these. */
  async signBy(signer: 'A' | 'B', ...roots: readonly ('A' | 'B')[]): Promise<void> {
    await run(join(this.#servers, 'istio/mkca'), [this.#folder, 'use', signer, ...roots]);
  }

  async stop(): Promise<void> {
    await this.#script('down');
    await this.cluster.stop();
    const unlocked = once(this.#lock, 'close');
    this.#lock.close();
    await unlocked;
  }

  async #script(name: 'up' | 'down', variables: Readonly<Record<string, string>> = {}): Promise<void> {
    const env = { ...process.env, RUN: this.#folder, ...variables };
    await run(join(this.#servers, 'istio', name), { env, timeout: 120_000 });
  }
}

/** Waits for whoever has them. */
async function lockPorts(): Promise<Server> {
  for (;;) {
    const server = createServer();
    server.listen(LOCK_PORT, '127.0.0.1');
    try {
      await once(server, 'listening');
      return server;
    } catch {
      await wait(LOCK_RETRY_MS);
    }
  }
}
