import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ClusterPlan, plansOf } from '../../rehearsal';
import { readPaths } from '../../sources/files';
import { tellNotices } from '../ambassador-variables';
import { readInventory } from '../certs/read-inventory';
import type { Environment } from '../environment';
import { CommandFailure, EXIT, type ExitCode } from '../exit-code';
import { offlineEncoder } from '../offline-encoder';
import { type PolicyFlags, addAmbassadorIdOption, addPolicyOptions, onlyGroup, policyOf } from '../policy-options';
import { rehearsedDocument } from '../rehearse/document';
import { type Rehearsed, rehearse } from '../rehearse/rehearse';
import { rehearsedText } from '../rehearse/text';

interface Flags extends PolicyFlags {
  readonly to?: { readonly host: string; readonly port: number };
  readonly cluster?: string;
  readonly mapping?: string;
  readonly format: 'text' | 'json';
  readonly timeoutMs?: number;
}

const SCHEMA_VERSION = 1;

/** `countersign rehearse PATH…`: the handshakes that Envoy would make with its upstreams, made from here. */
export function rehearseCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  addAmbassadorIdOption(addPolicyOptions(program.command('rehearse')))
    .description('shake hands with every TLS upstream as Envoy would, and say who refuses whom and why')
    .argument('<path...>', 'files, directories or - for standard input')
    .option('--to <address>', 'connect to HOST:PORT instead of the endpoints of each cluster', hostAndPort)
    .option('--cluster <name>', 'this cluster only')
    .option('--mapping <name>', 'what this Mapping uses only: namespace/name or name')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .option('--timeout-ms <ms>', 'for each handshake; default the connect timeout of the cluster', positive)
    .addHelpText(
      'after',
      `
No request is sent: the connection is closed after the handshake. Private keys are never printed.

Exit code: 0 every handshake goes through, 1 one does not, or a definition is out of service, 3 wrong usage or unreadable input.

Examples:
  countersign rehearse config/                             every upstream
  countersign rehearse --mapping default/pay config/       before its new client certificate is applied
  countersign rehearse --cluster pay_8443_mtls_1234abcd --to 127.0.0.1:9443 config/`,
    )
    .action(async (paths: string[], flags: Flags) => {
      tellNotices(environment);
      const policy = { ...policyOf(flags, environment), ...onlyGroup(flags, environment) };
      const { documents, diagnostics } = await readPaths(paths);
      const options = { policy, at: environment.now(), encoder: offlineEncoder(), unread: diagnostics };
      const { compilation } = readInventory(documents, options);
      const plans = chosen(
        [...compilation.groups.values()].flatMap(({ ir }) => plansOf(ir)),
        flags,
      );
      const outOfService = [...compilation.unread, ...compilation.diagnostics].filter(
        ({ severity }) => severity === 'error',
      ).length;
      const results = await rehearse(plans, {
        now: environment.now,
        ...(flags.timeoutMs !== undefined && { timeoutMs: flags.timeoutMs }),
        ...(flags.to !== undefined && { to: flags.to }),
      });
      environment.stdout.write(
        flags.format === 'json'
          ? `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, clusters: results.map(rehearsedDocument), errorsOfDefinitions: outOfService }, null, 2)}\n`
          : results.map(rehearsedText).join('') + summary(results, outOfService),
      );
      exit(outOfService === 0 && results.every(isClean) ? EXIT.clean : EXIT.findings);
    });
}

/** Node groups may share a cluster: it is rehearsed once. */
function chosen(plans: readonly ClusterPlan[], { cluster, mapping }: Flags): readonly ClusterPlan[] {
  const distinct = [...new Map(plans.map((plan) => [JSON.stringify([plan.cluster, plan.targets]), plan])).values()];
  const found = distinct
    .filter((plan) => cluster === undefined || [plan.cluster, plan.statName].includes(cluster))
    .filter(({ users }) => mapping === undefined || users.some((user) => isMapping(user, mapping)));
  if (found.length > 0 || (cluster === undefined && mapping === undefined)) return found;
  throw new CommandFailure(
    mapping === undefined
      ? `--cluster: there is no "${cluster ?? ''}"; there are ${distinct.map((plan) => plan.cluster).join(', ') || 'none'}`
      : `--mapping: no Mapping in service is called "${mapping}"${cluster === undefined ? '' : ` and uses cluster "${cluster}"`}`,
  );
}

function isMapping(user: { readonly kind: string; readonly namespace: string; readonly name: string }, name: string) {
  return user.kind.endsWith('Mapping') && [user.name, `${user.namespace}/${user.name}`].includes(name);
}

function isClean({ attempts, obstacle }: Rehearsed): boolean {
  return obstacle === undefined && attempts.every(({ verdict }) => verdict.outcome === 'goes through');
}

function summary(results: readonly Rehearsed[], outOfService: number): string {
  const verdicts = results.flatMap(({ attempts }) => attempts.map(({ verdict }) => verdict.outcome));
  const passed = verdicts.filter((outcome) => outcome === 'goes through').length;
  const rest = outOfService === 0 ? '' : `; ${outOfService} errors of definitions: \`countersign validate\` names them`;
  return `handshakes: ${verdicts.length}, of which go through: ${passed}${rest}\n`;
}

function hostAndPort(text: string): { readonly host: string; readonly port: number } {
  const [, host = '', port = ''] = /^(?:\[([^\]]+)\]|[^:]+):(\d+)$/.exec(text) ?? [];
  const name = host === '' ? text.slice(0, text.lastIndexOf(':')) : host;
  if (name === '' || port === '' || Number(port) < 1 || Number(port) > 65_535)
    throw new InvalidArgumentError('write HOST:PORT, or [IPV6]:PORT');
  return { host: name, port: Number(port) };
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('write a number of milliseconds above 0');
  return Number(text);
}
