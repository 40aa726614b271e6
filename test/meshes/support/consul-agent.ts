import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Envoy } from '../../support/envoy';
import { eventually } from '../../support/eventually';
import { freePort } from '../../support/port';

const run = promisify(execFile);

export interface AgentOptions {
  /** The ACL system is on, denies by default, and has this token of an administrator. */
  readonly managementToken?: string;
}

interface Ports {
  readonly http: number;
  readonly grpc: number;
  readonly server: number;
  readonly serf: number;
}

/** A real `consul agent -dev` with Connect, on ports of its own, of which it keeps them when it is started again. */
export class ConsulAgent {
  readonly #binary: string;
  readonly #folder: string;
  readonly #ports: Ports;
  readonly #token: string | undefined;
  #child: ChildProcess | undefined;

  private constructor(binary: string, folder: string, ports: Ports, token: string | undefined) {
    this.#binary = binary;
    this.#folder = folder;
    this.#ports = ports;
    this.#token = token;
  }

  static async start({ managementToken }: AgentOptions = {}): Promise<ConsulAgent> {
    const servers = process.env['COUNTERSIGN_SERVERS'];
    if (servers === undefined) throw new Error('run these tests with `npm run test:meshes`');
    const { stdout } = await run(join(servers, 'unpack'));
    const [http, grpc, server, serf] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const folder = mkdtempSync(join(tmpdir(), 'countersign-consul-'));
    const ports = { http, grpc, server, serf };
    const agent = new ConsulAgent(join(stdout.trim(), 'consul'), folder, ports, managementToken);
    writeFileSync(join(folder, 'agent.json'), JSON.stringify(configuration(ports, managementToken)), { mode: 0o600 });
    await agent.resume();
    return agent;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#ports.http}`;
  }

  /** The JSON of an answer of the HTTP API. @throws Error with status and text, for any status but 200. */
  async ask(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.address}/v1${path}`, {
      method,
      headers: { connection: 'close', ...(this.#token !== undefined && { 'x-consul-token': this.#token }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  async trustDomain(): Promise<string> {
    const { TrustDomain } = (await this.ask('GET', '/agent/connect/ca/roots')) as { readonly TrustDomain: string };
    return TrustDomain;
  }

  /** Ids of all roots that are not expired. */
  async roots(): Promise<readonly string[]> {
    const { Roots } = (await this.ask('GET', '/agent/connect/ca/roots')) as {
      readonly Roots: readonly { readonly ID: string }[];
    };
    return Roots.map(({ ID }) => ID);
  }

  /** Makes a new root by asking for keys of another size, and returns when it is there. */
  async rotateRoot(bits: 224 | 256 | 384 | 521): Promise<void> {
    const before = await this.roots();
    const known = (await this.ask('GET', '/connect/ca/configuration')) as {
      readonly Provider: string;
      readonly Config: object;
    };
    const Config = { ...known.Config, PrivateKeyType: 'ec', PrivateKeyBits: bits };
    await this.ask('PUT', '/connect/ca/configuration', { Provider: known.Provider, Config });
    await eventually('Consul has a new root', async () =>
      (await this.roots()).some((id) => !before.includes(id)) ? true : undefined,
    );
  }

  /** A service without checks, and its sidecar proxy, which is well while its port is open. */
  async register(name: string, port: number, sidecarPort: number, more: object = {}): Promise<void> {
    const check = { TCP: `127.0.0.1:${sidecarPort}`, Interval: '1s', Status: 'passing' };
    await this.ask('PUT', '/agent/service/register', {
      Name: name,
      Address: '127.0.0.1',
      Port: port,
      Connect: { SidecarService: { Port: sidecarPort, Address: '127.0.0.1', Checks: [check] } },
      ...more,
    });
  }

  /** The Envoy that Consul itself configures as the sidecar of a service. */
  async sidecar(service: string): Promise<Envoy> {
    const args = [
      ['connect', 'envoy', '-sidecar-for', service, '-bootstrap'],
      ['-http-addr', this.address, '-grpc-addr', `127.0.0.1:${this.#ports.grpc}`, '-admin-bind', '127.0.0.1:19999'],
    ].flat();
    const { stdout } = await run(this.#binary, args);
    return await Envoy.start(JSON.parse(stdout) as object);
  }

  /** `kill -9`; a dev agent forgets everything. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Starts it anew, on the same ports, and waits until it has a leader and a root. */
  async resume(): Promise<void> {
    const child = spawn(this.#binary, ['agent', '-dev', '-config-file', join(this.#folder, 'agent.json')], {
      stdio: 'ignore',
    });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.removeListener('exit', kill));
    this.#child = child;
    await eventually(
      'Consul has a leader and a root',
      async () => {
        const leader = await this.ask('GET', '/status/leader').catch(() => '');
        const roots = leader === '' ? [] : await this.roots().catch(() => []);
        return roots.length > 0 ? true : undefined;
      },
      30_000,
    );
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function configuration({ http, grpc, server, serf }: Ports, token: string | undefined): object {
  return {
    datacenter: 'dc1',
    node_name: 'n1',
    bind_addr: '127.0.0.1',
    client_addr: '127.0.0.1',
    advertise_addr: '127.0.0.1',
    disable_update_check: true,
    ports: { http, grpc, server, serf_lan: serf, https: -1, dns: -1, serf_wan: -1 },
    connect: {
      enabled: true,
      ca_provider: 'consul',
      ca_config: { leaf_cert_ttl: '72h', private_key_type: 'ec', private_key_bits: 256, csr_max_per_second: 0 },
    },
    ...(token !== undefined && {
      acl: {
        enabled: true,
        default_policy: 'deny',
        token_ttl: '0s',
        policy_ttl: '0s',
        tokens: { initial_management: token, agent: token },
      },
    }),
  };
}
