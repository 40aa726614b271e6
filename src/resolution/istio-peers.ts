import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { serviceAccounts } from './endpoint-pods';
import { kubernetesName } from './kubernetes-name';
import type { Policy } from './policy';
import type { Upstream } from './upstream';
import { namesPeers } from './peer-names';
import { workloadIdentity } from './workload-identity';

/** Whom to expect behind an upstream in an Istio mesh. */
export type IstioPeers =
  /** What `verify` says. */
  | { readonly type: 'written' }
  /** The SPIFFE IDs of the ServiceAccounts of its Pods, sorted; at least one. */
  | { readonly type: 'accounts'; readonly ids: readonly string[] }
  /** Of its Pods nothing is known: every ServiceAccount of the namespace. */
  | { readonly type: 'namespace'; readonly prefix: string }
  /** Nothing is known at all. */
  | { readonly type: 'unknown' };

/** What is written counts; else what Kubernetes knows, as in Istio’s own clients. */
export function istioPeers(
  context: Definition<'TLSContext'>,
  { host }: Upstream,
  definitions: Definitions,
  policy: Policy,
): IstioPeers {
  if (namesPeers(context.spec)) return { type: 'written' };
  const name = kubernetesName(host, policy);
  const trustDomain = workloadIdentity(context)?.trustDomain ?? '';
  if (name === undefined) return { type: 'unknown' };
  const service = definitions.find('Service', name.namespace, name.service);
  const accounts = service === undefined ? [] : serviceAccounts(service, definitions);
  if (accounts.length === 0) return { type: 'namespace', prefix: `spiffe://${trustDomain}/ns/${name.namespace}/` };
  return {
    type: 'accounts',
    ids: accounts.map((account) => {
      const [namespace, serviceAccount] = account.split('/');
      return `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
    }),
  };
}
