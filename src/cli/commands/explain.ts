import { type Command, Option } from 'commander';
import type { Ir } from '../../ir/ir';
import { tellNotices } from '../ambassador-variables';
import { compileAsServed } from '../as-served';
import { maskPrivateKeys } from '../../model/redaction';
import type { Environment } from '../environment';
import { CommandFailure, EXIT, type ExitCode } from '../exit-code';
import { type Explained, explain, explainLog } from '../explain/explained';
import { nameOf, textOf, textOfLog } from '../explain/text';
import { addReadInput, type InputFlags, readInput } from '../input';
import { linesOf } from '../lines';
import { offlineEncoder } from '../offline-encoder';
import { type PolicyFlags, addAmbassadorIdOption, addPolicyOptions, onlyGroup, policyOf } from '../policy-options';

interface Flags extends PolicyFlags, InputFlags {
  readonly log: string;
  readonly format: 'text' | 'json';
}

const STDIN = '-';
/** Characters of a line of standard input that are looked at. */
const LONGEST = 128 * 1024;

/** `countersign explain --log LINE [PATH…]`: what a line of Envoy’s access log means, and which definitions it is about. */
export function explainCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  addReadInput(
    addAmbassadorIdOption(addPolicyOptions(program.command('explain'))),
    'the definitions, to name those that it is about',
  )
    .description('what a failure in Envoy’s access log means: cause, side, definitions, fix')
    .requiredOption(
      '--log <line>',
      'a line of the access log, the body of a 503, or a reason from either; - reads a whole log from standard input',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `
Exit code: 0 explained, 1 the line says nothing that is known (of a log: no line does), 3 wrong usage or unreadable input.

Examples:
  countersign explain --log "$(kubectl logs deploy/edge | grep ' 503 ' | tail -1)" config/
  kubectl logs deploy/edge | countersign explain --log - config/
  countersign explain --log 'TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed'`,
    )
    .action(async (paths: string[], flags: Flags) => {
      if (flags.log.trim() === '') throw new CommandFailure('--log: the line is empty');
      if (flags.log === STDIN && paths.includes(STDIN))
        throw new CommandFailure('standard input can be the log or the definitions, not both');
      const searched = paths.length > 0 || flags.kubernetes === true;
      const configurations = !searched ? [] : await configurationsIn(paths, flags, environment);
      const { stdin = process.stdin } = environment;
      const print = (text: string) => environment.stdout.write(maskPrivateKeys(text));
      if (flags.log === STDIN) {
        const log = await explainLog(linesOf(stdin, LONGEST), configurations);
        const failures = log.failures.map((found) => ({ count: found.count, ...documentOf(found) }));
        print(
          flags.format === 'json'
            ? json({ schemaVersion: 1, lines: log.lines, without: log.without, failures })
            : textOfLog(log, searched),
        );
        return exit(log.failures.length === 0 ? EXIT.findings : EXIT.clean);
      }
      const explained = explain(flags.log, configurations);
      print(
        flags.format === 'json' ? json({ schemaVersion: 1, ...documentOf(explained) }) : textOf(explained, searched),
      );
      exit(explained.failure === undefined ? EXIT.findings : EXIT.clean);
    });
}

async function configurationsIn(
  paths: readonly string[],
  flags: Flags,
  environment: Environment,
): Promise<readonly Ir[]> {
  tellNotices(environment);
  const policy = { ...policyOf(flags, environment), ...onlyGroup(flags, environment) };
  const { documents, diagnostics } = await readInput(paths, flags, policy, environment);
  const options = { policy, at: environment.now(), encoder: offlineEncoder(), unread: diagnostics };
  return [...compileAsServed(documents, options).compilation.groups.values()].map(({ ir }) => ir);
}

function documentOf({ failure, culprit: { definitions, secrets }, line }: Explained): object {
  return { ...failure, definitions: definitions.map(nameOf), secrets: secrets.map(nameOf), line };
}

function json(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
