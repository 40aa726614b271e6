import { type BootstrapOptions, bootstrapDocument } from '../../src/cli/bootstrap-document';
import { Envoy } from './envoy';

/** A real Envoy with the bootstrap that `countersign bootstrap` prints, connected to a control plane on this port. */
export async function connectedEnvoy(xdsPort: number, options: Partial<BootstrapOptions> = {}): Promise<Envoy> {
  return await Envoy.start(bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port: xdsPort }, ...options }));
}
