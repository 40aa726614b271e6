import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { getEnvoy } from '../../src/cli/envoy-binary';

/** What Envoy is to load: a certificate with its key, CA certificates, or both, as PEM. */
export interface Material {
  readonly pair?: { readonly chain: string; readonly key: string };
  readonly ca?: string;
}

const TYPES = 'type.googleapis.com/envoy.extensions';

/**
 * Why a real Envoy refuses the material, undefined if it accepts it. `--mode validate` loads every pair for a listener and for
 * a cluster; the first refusal ends it.
 */
export async function refusalOf(materials: readonly Material[]): Promise<string | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'envoy-verdict-'));
  try {
    const file = join(directory, 'bootstrap.json');
    await writeFile(file, JSON.stringify(bootstrap(materials)), { mode: 0o600 });
    await promisify(execFile)(await getEnvoy(), ['--mode', 'validate', '-l', 'critical', '-c', file]);
    return undefined;
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    if (stderr === undefined || !stderr.includes('error initializing configuration')) throw error;
    return stderr.replace(/^.*bootstrap\.json': /s, '').trim();
  } finally {
    await rm(directory, { recursive: true });
  }
}

function bootstrap(materials: readonly Material[]): unknown {
  const loopback = { socket_address: { address: '127.0.0.1', port_value: 0 } };
  const tcpProxy = {
    '@type': `${TYPES}.filters.network.tcp_proxy.v3.TcpProxy`,
    stat_prefix: 'tcp',
    cluster: 'cluster 0',
  };
  const filterChains = materials.flatMap((material, index) =>
    material.pair
      ? [
          {
            filter_chain_match: { server_names: [`name-${index}.example`] },
            filters: [{ name: 'tcp', typed_config: tcpProxy }],
            transport_socket: transportSocket('DownstreamTlsContext', material),
          },
        ]
      : [],
  );
  return {
    static_resources: {
      listeners: filterChains.length > 0 ? [{ name: 'listener', address: loopback, filter_chains: filterChains }] : [],
      clusters: materials.map((material, index) => ({
        name: `cluster ${index}`,
        transport_socket: transportSocket('UpstreamTlsContext', material),
      })),
    },
  };
}

function transportSocket(context: string, { pair, ca }: Material): unknown {
  const certificate = pair && {
    certificate_chain: { inline_string: pair.chain },
    private_key: { inline_string: pair.key },
  };
  return {
    name: 'tls',
    typed_config: {
      '@type': `${TYPES}.transport_sockets.tls.v3.${context}`,
      common_tls_context: {
        ...(certificate && { tls_certificates: [certificate] }),
        ...(ca !== undefined && { validation_context: { trusted_ca: { inline_string: ca } } }),
      },
    },
  };
}
