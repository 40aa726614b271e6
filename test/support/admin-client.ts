import type { statusDocument } from '../../src/cli/status-document';
import { eventually } from './eventually';

export type Status = ReturnType<typeof statusDocument>;
export type NodeStatus = Status['nodes'][number];

/** Asks the admin port of a control plane, as an operator does. */
export class AdminClient {
  readonly #origin: string;

  constructor(port: number) {
    this.#origin = `http://127.0.0.1:${port}`;
  }

  async text(path: string): Promise<string> {
    const answer = await fetch(`${this.#origin}${path}`, { headers: { connection: 'close' } });
    const body = await answer.text();
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status}`);
    return body;
  }

  /** Lets a deletion go that is held back. */
  async confirmDeletion(token: string): Promise<void> {
    const headers = { 'x-countersign-confirm': 'yes', connection: 'close' };
    const { status } = await fetch(`${this.#origin}/deletions/${token}`, { method: 'POST', headers });
    if (status !== 200) throw new Error(`POST /deletions/${token}: ${status}`);
  }

  async status(): Promise<Status> {
    return JSON.parse(await this.text('/status')) as Status;
  }

  /** The sum of a metric over its labels; 0 while there is none. `labels` as Prometheus writes them, such as `type="secrets"`. */
  async metric(name: string, labels = ''): Promise<number> {
    return (await this.text('/metrics'))
      .split('\n')
      .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  /** Waits until the finding is among the current ones (or no longer is). */
  async finding(code: string, present = true, timeoutMs?: number): Promise<void> {
    await eventually(
      `${code} is ${present ? '' : 'not '}in /status`,
      async () => {
        const { diagnostics } = await this.status();
        return diagnostics.some((finding) => finding.code === code) === present ? true : undefined;
      },
      timeoutMs,
    );
  }

  /** Waits until these nodes are connected and have answered everything that they were sent. */
  async inStep(...nodes: readonly string[]): Promise<readonly NodeStatus[]> {
    return await eventually(
      `${nodes.join(', ')} in step`,
      async () => {
        const status = await this.status();
        const found = nodes.flatMap((id) => status.nodes.filter((node) => node.id === id));
        return found.length === nodes.length && found.every(isInStep) ? found : undefined;
      },
      30_000,
    );
  }
}

/** Two types at least: an Envoy asks for clusters first and for listeners when it has them. */
function isInStep({ streams }: NodeStatus): boolean {
  const types = streams.flatMap((stream) => Object.entries(stream.types));
  return (
    streams.length === 1 &&
    types.some(([type]) => type === 'listeners') &&
    types.every(
      ([, type]) =>
        type.settled &&
        (type.parked.length > 0 || type.acceptedVersion === type.sentVersion || type.sentVersion === ''),
    )
  );
}
