import { type Command, Option } from 'commander';
import { compile } from '../../compile';
import { FORMATS, type Format, report } from '../../diagnostics/reporters/formats';
import { judgeAccessPolicyFile } from '../access-policy-file';
import { filesIn } from '../files-in';
import { addReadInput, type InputFlags, readInput } from '../input';
import { type Environment, colourful } from '../environment';
import { CommandFailure, EXIT, type ExitCode } from '../exit-code';
import { offlineEncoder } from '../offline-encoder';
import { tellNotices } from '../ambassador-variables';
import {
  type PolicyFlags,
  addAmbassadorIdOption,
  addPolicyOptions,
  addTimeOption,
  judgedAt,
  momentOf,
  noSuchGroup,
  onlyGroup,
  policyOf,
} from '../policy-options';
import { VERSION } from '../version';

interface Flags extends PolicyFlags, InputFlags {
  readonly format: Format;
  readonly xdsPolicy?: string;
  readonly failOn: 'error' | 'warning';
  readonly color: boolean;
}

/** `countersign validate PATH…`: every diagnostic with file:line:column, the source line and a fix. */
export function validateCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  addReadInput(addTimeOption(addAmbassadorIdOption(addPolicyOptions(program.command('validate')))))
    .description('check definitions and certificates, and explain what is wrong')
    .addOption(new Option('--format <format>', 'how to print the findings').choices(FORMATS).default('text'))
    .addOption(
      new Option('--fail-on <severity>', 'the least severity that makes the exit code 1')
        .choices(['error', 'warning'])
        .default('error'),
    )
    .option('--xds-policy <file>', 'check this access policy of the xDS port as well')
    .option('--no-color', 'no colours, even on a terminal')
    .addHelpText(
      'after',
      `
An error takes its definition out of service, and what depends on it. Two definitions guard more than themselves: without its Module,
HTTP of a node group answers 503, and without its AuthService whatever it guards. A warning leaves serving. docs/diagnostics.md explains
every code.

Exit code: 0 no errors, 1 errors (or warnings, with --fail-on warning), 3 wrong usage or unreadable input.

Examples:
  countersign validate config/                      what would be quarantined, and why
  countersign validate --strict config/             also refuse whatever is not verified
  countersign validate --at 2027-01-01 config/      what will have expired by then
  kubectl get mappings,hosts,listeners,tlscontexts,tcpmappings,modules,authservices,ratelimitservices,logservices,\\
tracingservices,kubernetesserviceresolvers,kubernetesendpointresolvers,ingresses,ingressclasses,secrets,services,\\
endpointslices,endpoints,referencegrants -A -o yaml | countersign validate -
                                                    a whole cluster; leave out what \`kubectl api-resources\` does not list
  countersign validate --format github config/      annotations in a pull request`,
    )
    .action(async (paths: string[], flags: Flags) => {
      const options = {
        policy: { ...policyOf(flags, environment), ...onlyGroup(flags, environment) },
        at: momentOf(flags, environment),
        encoder: offlineEncoder(),
      };
      tellNotices(environment);
      const { documents, diagnostics } = await readInput(paths, flags, options.policy, environment);
      const compilation = compile(documents, { ...options, unread: diagnostics });
      const access = flags.xdsPolicy === undefined ? [] : (await judgeAccessPolicyFile(flags.xdsPolicy)).diagnostics;
      const findings = judgedAt([...compilation.unread, ...compilation.diagnostics, ...access], flags);
      const files = filesIn(documents, findings);
      const colour = flags.color && colourful(environment.stdout, environment);
      environment.stdout.write(
        report(
          flags.format,
          { diagnostics: findings, files, definitions: documents.length },
          { colour, version: VERSION },
        ),
      );
      const { ambassadorId } = options.policy;
      if (ambassadorId !== undefined && !compilation.definitions.hasGroup(ambassadorId))
        throw new CommandFailure(noSuchGroup(ambassadorId, compilation.definitions.groups()));
      const failing = findings.some(
        ({ severity }) => severity === 'error' || (flags.failOn === 'warning' && severity === 'warning'),
      );
      exit(failing ? EXIT.findings : EXIT.clean);
    });
}
