import { once } from 'node:events';
import { connect } from 'node:net';
import { eventually } from './eventually';

/** One certificate of an Envoy's `/certs`. */
export interface ServedCertificate {
  /** `<inline>` for what came by SDS. */
  readonly path: string;
  readonly serial_number: string;
  readonly subject_alt_names?: readonly Readonly<Record<string, string>>[];
  readonly valid_from: string;
  readonly expiration_time: string;
  readonly days_until_expiration: string;
}

/** `/certs` gives one entry for each TLS context in use, with its CA and its chain. */
export interface CertificatesInUse {
  readonly ca_cert: readonly ServedCertificate[];
  readonly cert_chain: readonly ServedCertificate[];
}

interface ListenerStatus {
  readonly name: string;
  readonly local_address: { readonly socket_address?: { readonly address: string; readonly port_value: number } };
}

/** The admin interface of a running Envoy. */
export class EnvoyAdmin {
  readonly #origin: string;

  constructor(address: string) {
    this.#origin = `http://${address}`;
  }

  /** GETs a path that answers text; throws on any status but 200. */
  async text(path: string): Promise<string> {
    return await this.#fetch(path, 'GET');
  }

  /** GETs a path that answers JSON, such as `/certs`, `/config_dump` or `/clusters?format=json`. */
  async json<T = unknown>(path: string): Promise<T> {
    return JSON.parse(await this.text(path)) as T;
  }

  /** POSTs an action, such as `/drain_listeners` or `/logging?level=debug`. */
  async post(path: string): Promise<string> {
    return await this.#fetch(path, 'POST');
  }

  /** A counter or gauge by its full name; undefined while Envoy has none of that name. */
  async stat(name: string): Promise<number | undefined> {
    const filter = encodeURIComponent(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
    const { stats } = await this.json<{ stats: { name?: string; value?: number }[] }>(
      `/stats?format=json&filter=${filter}`,
    );
    return stats.find((stat) => stat.name === name)?.value;
  }

  async certificates(): Promise<readonly CertificatesInUse[]> {
    const { certificates } = await this.json<{ certificates: Partial<CertificatesInUse>[] }>('/certs');
    return certificates.map((entry) => ({ ca_cert: entry.ca_cert ?? [], cert_chain: entry.cert_chain ?? [] }));
  }

  /** Waits until the listener on this port takes connections: not while it still warms, nor before the workers have opened it. */
  async listening(port: number, timeoutMs?: number): Promise<void> {
    await eventually(
      `Envoy listens on ${port}`,
      async () => {
        const answer = await this.json<{ listener_statuses?: ListenerStatus[] }>('/listeners?format=json');
        const added = answer.listener_statuses?.find(
          (status) => status.local_address.socket_address?.port_value === port,
        );
        return added !== undefined && (await accepts(port)) ? added : undefined;
      },
      timeoutMs,
    );
  }

  /** Waits until the certificate with this serial number (hexadecimal, any case) is in use. */
  async serving(serial: string, timeoutMs?: number): Promise<void> {
    await eventually(
      `Envoy uses the certificate ${serial}`,
      async () => {
        const chains = (await this.certificates()).flatMap((entry) => entry.cert_chain);
        return chains.find((certificate) => BigInt(`0x${certificate.serial_number}`) === BigInt(`0x${serial}`));
      },
      timeoutMs,
    );
  }

  async #fetch(path: string, method: 'GET' | 'POST'): Promise<string> {
    const answer = await fetch(`${this.#origin}${path}`, { method, headers: { connection: 'close' } });
    const body = await answer.text();
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${body.slice(0, 200)}`);
    return body;
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
