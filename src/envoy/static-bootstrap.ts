import type { Cluster as ClusterInput } from '../ir/cluster';
import type { EndpointAssignment } from '../ir/endpoint-assignment';
import type { Ir } from '../ir/ir';
import { sdsServers } from '../ir/sds-server';
import { type EnvoyMessages, toStruct } from '../protos';
import { type Cluster, cluster, clusterFrame } from './cluster';
import { loadAssignment } from './endpoint-assignment';
import { listener } from './listener';
import { routeConfiguration } from './route-configuration';
import { inBootstrap } from './sds';
import { inlineKey, type KeySource, secret } from './secret';

/** As in the bootstraps for ADS: Envoy’s own limit for regular expressions is lower than Countersign’s. */
const RUNTIME = { 're2.max_program_size.error_level': 100_000 } as const;

type Bootstrap = EnvoyMessages['envoy.config.bootstrap.v3.Bootstrap'];

/**
 * A bootstrap that needs no control plane: the same listeners, routes, clusters, endpoints and secrets, all inline. Without
 * `withKeys` each private key is left to an environment variable, `COUNTERSIGN_KEY_<secret>` in capitals with every other
 * character as `_` (`default/upstream-certs`: `COUNTERSIGN_KEY_DEFAULT_UPSTREAM_CERTS`): set it to the PEM of the key, and
 * `envoy -c` and `envoy --mode validate` take the bootstrap as it is.
 */
export function staticBootstrap(ir: Ir, { withKeys }: { readonly withKeys: boolean }): Bootstrap {
  const endpoints = new Map(ir.endpoints.map((assignment) => [assignment.name, assignment]));
  const keySource = withKeys ? inlineKey : keyFromEnvironment();
  const inline = { secret: inBootstrap, routes: routeConfiguration };
  return {
    ...(ir.clusters.some((input) => sdsServers(input).length > 0) && { node: NODE }),
    static_resources: {
      listeners: ir.listeners.map((input) => listener(input, inline)),
      clusters: ir.clusters.map((input) => staticCluster(input, endpoints)),
      secrets: ir.secrets.map((input) => secret(input, keySource)),
    },
    layered_runtime: { layers: [{ name: 'countersign', static_layer: toStruct(RUNTIME) }] },
  };
}

/** An SDS server must be told who asks. */
const NODE = { id: 'countersign', cluster: 'countersign' } as const;

/** EDS needs a control plane; the endpoints that it would deliver are written down instead. */
function staticCluster(input: ClusterInput, assignments: ReadonlyMap<string, EndpointAssignment>): Cluster {
  const frame = clusterFrame(input, inBootstrap);
  if (input.discovery.type !== 'eds') return { ...cluster(input), ...frame };
  const { endpoints = [] } = assignments.get(input.discovery.serviceName) ?? {};
  return { ...frame, type: 'STATIC', load_assignment: loadAssignment(input.name, endpoints) };
}

/** Names that differ only in punctuation get a number, in the order of the secrets. */
function keyFromEnvironment(): KeySource {
  const taken = new Set<string>();
  return (name) => {
    const stem = `COUNTERSIGN_KEY_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
    let variable = stem;
    for (let number = 2; taken.has(variable); number++) variable = `${stem}_${String(number)}`;
    taken.add(variable);
    return { environment_variable: variable };
  };
}
