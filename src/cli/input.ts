import { type Command, Option } from 'commander';
import { needsPods } from '../expansion/needs-pods';
import { referencedSecrets } from '../expansion/referenced-secrets';
import type { Document } from '../model/document';
import type { Policy } from '../resolution/policy';
import { readPaths } from '../sources/files';
import { Api } from '../sources/kubernetes/api';
import { type KubernetesOptions, KubernetesSource } from '../sources/kubernetes/kubernetes-source';
import type { SourceState } from '../sources/source';
import { addAskConsulOption, addConsulOption, type ConsulFlags, consulDocuments, readConsul } from './consul';
import type { Environment } from './environment';
import { CommandFailure } from './exit-code';
import { addIstioCertsOption, type IstioCertsFlags, istioCertsSource } from './istio-certs';

/** Where definitions come from besides paths. */
export interface InputFlags extends ConsulFlags, IstioCertsFlags {
  readonly kubernetes?: boolean;
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
  readonly namespace?: readonly string[];
}

/** Adds the paths and the flags that say where definitions come from. */
export function addInput(
  command: Command,
  paths = 'files, directories (*.yaml, *.yml, *.json, recursively) or - for standard input',
): Command {
  return addIstioCertsOption(addConsulOption(command))
    .argument('[path...]', paths)
    .option('--kubernetes', 'read the Kubernetes API: alone, or with the paths')
    .addOption(
      new Option(
        '--kubeconfig <file>',
        'how it is reached; default KUBECONFIG, ~/.kube/config, or the ServiceAccount of the Pod',
      ),
    )
    .addOption(new Option('--kube-context <name>', 'the context of the kubeconfig; default its current one'))
    .addOption(
      new Option(
        '--namespace <namespace>',
        'of the API, read this namespace only (again for more); needs no rights on the cluster as a whole',
      ).argParser((name: string, names: readonly string[] | undefined) => [...(names ?? []), name]),
    );
}

/** As `addInput`, for commands that read once. */
export function addReadInput(command: Command, paths?: string): Command {
  return addAskConsulOption(addInput(command, paths));
}

/**
 * Reads everything once, what Consul says to it too where the policy is to ask it.
 *
 * @throws CommandFailure where nothing is named, or the API can’t be read; Error with a cause for paths.
 */
export async function readInput(
  paths: readonly string[],
  flags: InputFlags,
  policy: Policy,
  environment: Environment,
): Promise<Pick<SourceState, 'documents' | 'diagnostics'>> {
  checkInput(paths, flags);
  const states: Pick<SourceState, 'documents' | 'diagnostics'>[] = [];
  if (paths.length > 0) states.push(await readPaths(paths));
  if (flags.kubernetes === true) {
    const besides = states.flatMap(({ documents }) => documents);
    states.push(await readKubernetes(await kubernetesOptions(flags, policy), besides));
  }
  const istioCerts = istioCertsSource(flags, policy, environment);
  if (istioCerts !== undefined) states.push(await istioCerts.read());
  states.push({ documents: consulDocuments(flags, policy), diagnostics: [] });
  if (policy.asksConsul === true)
    states.push(
      await readConsul(
        states.flatMap(({ documents }) => documents),
        environment,
      ),
    );
  return {
    documents: states.flatMap(({ documents }) => documents),
    diagnostics: states.flatMap(({ diagnostics }) => diagnostics),
  };
}

/**
 * The Kubernetes API as a source of a control plane; undefined if it is not asked for.
 *
 * @throws CommandFailure where nothing is named, or it is not known where the API is.
 */
export async function kubernetesSourceOf(
  paths: readonly string[],
  flags: InputFlags,
  policy: Policy,
  told: Pick<KubernetesOptions, 'onTrouble' | 'onFailure'>,
): Promise<{ readonly api: Api; readonly source: KubernetesSource } | undefined> {
  checkInput(paths, flags);
  if (flags.kubernetes !== true) return undefined;
  const options = await kubernetesOptions(flags, policy);
  return { api: options.api, source: new KubernetesSource({ ...options, ...told }) };
}

function checkInput(paths: readonly string[], { kubernetes, kubeconfig, kubeContext, namespace }: InputFlags): void {
  if (kubernetes === true) return;
  if (kubeconfig !== undefined || kubeContext !== undefined || namespace !== undefined)
    throw new CommandFailure('--kubeconfig, --kube-context and --namespace need --kubernetes');
  if (paths.length === 0) throw new CommandFailure('name the definitions: files, directories, - or --kubernetes');
}

async function readKubernetes(options: KubernetesOptions, besides: readonly Document[]): Promise<SourceState> {
  try {
    return await new KubernetesSource(options).read(besides);
  } catch (cause) {
    const { server } = options.api.access;
    throw new CommandFailure(`the Kubernetes API at ${server} can't be read`, { cause });
  }
}

async function kubernetesOptions(
  { kubeconfig, kubeContext, namespace }: InputFlags,
  { selection }: Policy,
): Promise<KubernetesOptions> {
  const namespaces = selection?.namespace === undefined ? namespace : [selection.namespace];
  const secretNamespaces = selection?.secretNamespace === undefined ? undefined : [selection.secretNamespace];
  return {
    api: new Api(await access(kubeconfig, kubeContext)),
    ...(namespaces && { namespaces: [...new Set(namespaces)] }),
    ...(secretNamespaces && { secretNamespaces }),
    referenced: referencedSecrets,
    needsPods,
  };
}

async function access(file: string | undefined, context: string | undefined) {
  try {
    const { apiAccess } = await import('../sources/kubernetes/kube-config.js');
    return await apiAccess({ ...(file !== undefined && { file }), ...(context !== undefined && { context }) });
  } catch (cause) {
    throw new CommandFailure('--kubernetes: it is not known where the API is', { cause });
  }
}
