import type { RequestOptions } from 'node:https';
import type { ApiAccess } from './api';

export interface KubeConfigOptions {
  /** Default: `KUBECONFIG`, else `~/.kube/config`, else the ServiceAccount of the Pod. */
  readonly file?: string;
  readonly context?: string;
}

/**
 * Finds the API as `kubectl` does, or as a Pod does. The library behind it is large, and is loaded only where Kubernetes is asked for.
 *
 * @throws Error if there is no such file or context, or no cluster in it.
 */
export async function apiAccess({ file, context }: KubeConfigOptions = {}): Promise<ApiAccess> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (file !== undefined) config.loadFromFile(file);
  else config.loadFromDefault();
  if (context !== undefined) {
    if (config.getContextObject(context) === null) throw new Error(`there is no context "${context}"`);
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null || cluster.server === '') throw new Error('no cluster is configured');
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  return {
    server: cluster.server,
    namespace: namespace ?? 'default',
    authenticate: (options: RequestOptions) => config.applyToHTTPSOptions(options),
  };
}
