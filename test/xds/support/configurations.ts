import { encodeAny } from '../../../src/protos';
import { buildSnapshot } from '../../../src/snapshot/build-snapshot';
import { type EncodableResource, ResourceEncoder } from '../../../src/snapshot/resource-encoder';
import type { Snapshot } from '../../../src/snapshot/snapshot';

const encoder = new ResourceEncoder((name, message) => encodeAny(name as never, message as never), Buffer.alloc(32, 1));
const ORIGINS: EncodableResource['origins'] = [];
const ADS = { ads: {}, resource_api_version: 'V3' };

/** A small configuration with something of every type, `what` in each name; the listener refers to the secrets. */
export function everyType(
  what: string,
  group = 'default',
  secrets: readonly string[] = [what],
  revision = '1',
): Snapshot {
  const make = (type: EncodableResource['type'], name: string, messageName: string, message: object, references = {}) =>
    ({ type, name, messageName, message, references, origins: ORIGINS }) satisfies EncodableResource;
  return buildSnapshot(
    group,
    [
      make(
        'clusters',
        `cluster-${what}`,
        'envoy.config.cluster.v3.Cluster',
        { name: `cluster-${what}`, type: 'EDS', eds_cluster_config: { eds_config: ADS }, alt_stat_name: revision },
        { endpoints: [`cluster-${what}`] },
      ),
      make('endpoints', `cluster-${what}`, 'envoy.config.endpoint.v3.ClusterLoadAssignment', {
        cluster_name: `cluster-${what}`,
      }),
      ...secrets.map((name) =>
        make('secrets', name, 'envoy.extensions.transport_sockets.tls.v3.Secret', {
          name,
          tls_certificate: { private_key: { inline_bytes: Buffer.from(`key of ${name} for ${group}, ${revision}`) } },
        }),
      ),
      make(
        'listeners',
        `listener-${what}`,
        'envoy.config.listener.v3.Listener',
        { name: `listener-${what}` },
        { routes: [`routes-${what}`], secrets },
      ),
      make('routes', `routes-${what}`, 'envoy.config.route.v3.RouteConfiguration', { name: `routes-${what}` }),
    ],
    encoder,
  );
}
