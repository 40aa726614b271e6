import { bootstrapDocument } from '../../../src/cli/bootstrap-document';
import { buildSnapshot } from '../../../src/snapshot/build-snapshot';
import { SnapshotStore } from '../../../src/snapshot/store';
import { type Nack, XdsServer } from '../../../src/xds';
import { Envoy } from '../../support/envoy';
import { eventually } from '../../support/eventually';
import { type Definition, encoder, resources } from './envoy-resources';

/** A control plane with a record of what it sent and what came back. */
export class RecordedPlane {
  readonly store = new SnapshotStore();
  readonly server: XdsServer;
  readonly sent: string[] = [];
  readonly nacks: Nack[] = [];

  constructor() {
    this.server = new XdsServer({
      store: this.store,
      identifier: 'countersign/test',
      observer: {
        subscribed: () => undefined,
        ack: () => undefined,
        nack: (_stream, nack) => {
          this.nacks.push(nack);
        },
        sent: (_stream, { type, resources, removed }) => {
          this.sent.push(removed > 0 ? `${type} ${resources} -${removed}` : `${type} ${resources}`);
        },
      },
    });
  }

  publish(definition: Definition): void {
    this.store.set(buildSnapshot('default', resources(definition), encoder, this.store.get('default')));
  }

  /** Waits until the condition holds. The server may take several turns for what a request asks of it, so it is looked at again and again. */
  async until(condition: () => boolean): Promise<void> {
    await eventually('what was waited for', () => Promise.resolve(condition() || undefined));
  }

  /** Everything is subscribed to and in step with the newest snapshot, except for what was refused. */
  async settled(): Promise<void> {
    const types = ['clusters', 'endpoints', 'secrets', 'listeners', 'routes'] as const;
    await this.until(() => {
      const stream = this.server.status().nodes[0]?.streams[0];
      return types.every((type) => {
        const status = stream?.types[type];
        const inStep = status?.sentVersion === '' || status?.acceptedVersion === status?.sentVersion;
        return status !== undefined && status.settled && (inStep || status.parked.length > 0);
      });
    });
  }

  take(): string[] {
    return this.sent.splice(0);
  }
}

/** An Envoy that speaks to a control plane by SotW or delta, and does not wait long before it comes back. */
export async function envoyOver(api: 'DELTA_GRPC' | 'GRPC', xdsPort: number): Promise<Envoy> {
  const document = bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port: xdsPort } });
  const bootstrap = JSON.parse(JSON.stringify(document)) as {
    dynamic_resources: { ads_config: { api_type: string; grpc_services: { envoy_grpc: object }[] } };
  };
  const { ads_config } = bootstrap.dynamic_resources;
  ads_config.api_type = api;
  const retry_policy = { retry_back_off: { base_interval: '0.1s', max_interval: '0.5s' } };
  for (const service of ads_config.grpc_services) service.envoy_grpc = { ...service.envoy_grpc, retry_policy };
  return await Envoy.start(bootstrap);
}
