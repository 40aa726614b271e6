import { type Command, InvalidArgumentError } from 'commander';
import { Api } from '../../sources/kubernetes/api';
import { apiAccess } from '../../sources/kubernetes/kube-config';
import type { Environment } from '../environment';
import { CommandFailure, EXIT, type ExitCode } from '../exit-code';
import type { Kept, Wanted } from '../xds-pki/keep-certificates';
import { KubernetesSecrets, type SecretName } from '../xds-pki/secret-store';

interface Flags {
  readonly namespace?: string;
  readonly name: string;
  readonly server: readonly string[];
  readonly client: readonly Client[];
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
}

interface Client {
  /** Default that of the others. */
  readonly namespace?: string;
  readonly name: string;
  readonly spiffeId: string;
}

const CLIENT = /^(?:(?<namespace>[a-z0-9-]+)\/)?(?<name>[a-z0-9-]+)=(?<id>spiffe:\/\/[^/]+\/.+)$/;

/** `countersign xds-pki`: the certificates with which control plane and Envoys know each other, kept in Secrets of a cluster. */
export function xdsPkiCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  program
    .command('xds-pki')
    .description('issue and renew the certificates of the xDS connection, in Secrets of a Kubernetes cluster')
    .option('--namespace <namespace>', 'where the Secrets are; default that of the kubeconfig or the ServiceAccount')
    .option('--name <name>', 'what the names of the Secrets begin with', 'countersign')
    .option('--server <name>', 'DNS name of the control plane (again for more)', append, [])
    .option(
      '--client <name=id>',
      'an Envoy’s Secret, in another namespace as NAMESPACE/NAME, and its SPIFFE ID (again for more)',
      client,
      [],
    )
    .option('--kubeconfig <file>', 'how the API is reached, as for serve')
    .option('--kube-context <name>', 'the context of the kubeconfig; default its current one')
    .addHelpText(
      'after',
      `
Makes a CA that is good for ten years and nothing else, and certificates of 90 days, in Secrets that have tls.crt, tls.key and ca.crt:
NAME-xds-ca, NAME-xds-server, and NAME-xds-CLIENT for each --client. What is there and has a third of its life left stays, so run it
again, as the Helm chart does each day. It never replaces a Secret that it has not made. Nothing is printed of the keys.

Exit code: 0 all are good, 3 wrong usage, the API can't be reached, or a Secret is another's.

Example:
  countersign xds-pki --namespace countersign --server countersign-xds.countersign.svc \\
    --client edge=spiffe://countersign.local/edge --client shop/pay=spiffe://countersign.local/pay`,
    )
    .action(async ({ namespace, name, server, client: clients, kubeconfig, kubeContext }: Flags) => {
      if (server.length === 0)
        throw new CommandFailure('--server is missing: the name by which Envoys know the control plane');
      // Loaded when it is needed: issuing certificates is nothing that serving should wait for.
      const { keepCertificates } =
        require('../xds-pki/keep-certificates') as typeof import('../xds-pki/keep-certificates');
      const api = new Api(await access(kubeconfig, kubeContext));
      const store = new KubernetesSecrets(api);
      const own = { namespace: namespace ?? api.access.namespace, name };
      const wanted = [serverCertificate(own, server), ...clients.map((each) => clientCertificate(own, each))];
      const ca = { ...own, name: `${name}-xds-ca` };
      for (const kept of await asked(api, () => keepCertificates(store, ca, wanted, environment.now())))
        environment.stdout.write(line(kept));
      exit(EXIT.clean);
    });
}

function serverCertificate({ namespace, name }: SecretName, names: readonly string[]): Wanted {
  const secret = { namespace, name: `${name}-xds-server` };
  const subjectAltNames = names.map((value) => ({ type: 'dns', value }) as const);
  return { secret, commonName: secret.name, subjectAltNames, usage: 'server' };
}

function clientCertificate(own: SecretName, { namespace = own.namespace, name, spiffeId }: Client): Wanted {
  const secret = { namespace, name: `${own.name}-xds-${name}` };
  return { secret, commonName: secret.name, subjectAltNames: [{ type: 'uri', value: spiffeId }], usage: 'client' };
}

function line({ secret, what, notAfter }: Kept): string {
  return `Secret ${secret.namespace}/${secret.name}: ${what}, until ${notAfter.toISOString()}\n`;
}

async function access(file: string | undefined, context: string | undefined) {
  try {
    return await apiAccess({ ...(file !== undefined && { file }), ...(context !== undefined && { context }) });
  } catch (cause) {
    throw new CommandFailure('it is not known where the Kubernetes API is', { cause });
  }
}

async function asked<Result>(api: Api, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause;
    throw new CommandFailure(`the Kubernetes API at ${api.access.server} does not do it`, { cause });
  }
}

function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function client(text: string, before: readonly Client[]): readonly Client[] {
  const { namespace, name, id } = CLIENT.exec(text)?.groups ?? {};
  if (name === undefined || id === undefined)
    throw new InvalidArgumentError(
      'write NAME=SPIFFE-ID or NAMESPACE/NAME=SPIFFE-ID, such as edge=spiffe://countersign.local/edge',
    );
  return [...before, { ...(namespace !== undefined && { namespace }), name, spiffeId: id }];
}
