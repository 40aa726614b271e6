import { type Command, Option } from 'commander';
import { compile } from '../../compile';
import { type Culprit, culpritOf, type Failure, failureOf, type LogLine, readLogLine } from '../../explanation';
import type { Origin } from '../../ir/origin';
import { readPaths } from '../../sources/files';
import { tellNotices } from '../ambassador-variables';
import type { Environment } from '../environment';
import { CommandFailure, EXIT, type ExitCode } from '../exit-code';
import { offlineEncoder } from '../offline-encoder';
import { type PolicyFlags, addAmbassadorIdOption, addPolicyOptions, onlyGroup, policyOf } from '../policy-options';

interface Flags extends PolicyFlags {
  readonly log: string;
  readonly format: 'text' | 'json';
}

const NOBODY: Culprit = { definitions: [], secrets: [] };

/** `countersign explain --log LINE [PATH…]`: what a line of Envoy’s access log means, and which definitions it is about. */
export function explainCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  addAmbassadorIdOption(addPolicyOptions(program.command('explain')))
    .description('what a failure in Envoy’s access log means: cause, side, definitions, fix')
    .argument('[path...]', 'the definitions, to name those that it is about')
    .requiredOption('--log <line>', 'a line of the access log, the body of a 503, or a reason from either')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `
Exit code: 0 explained, 1 the line says nothing that is known, 3 wrong usage or unreadable input.

Examples:
  countersign explain --log "$(kubectl logs deploy/edge | grep ' 503 ' | tail -1)" config/
  countersign explain --log 'TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed'`,
    )
    .action(async (paths: string[], flags: Flags) => {
      if (flags.log.trim() === '') throw new CommandFailure('--log: the line is empty');
      const line = readLogLine(flags.log);
      const failure = failureOf(line);
      const culprit = paths.length === 0 ? NOBODY : await culpritIn(paths, line, flags, environment);
      environment.stdout.write(
        flags.format === 'json'
          ? `${JSON.stringify({ schemaVersion: 1, ...failure, ...namesOf(culprit), line }, null, 2)}\n`
          : explanation(failure, culprit, line),
      );
      exit(failure === undefined ? EXIT.findings : EXIT.clean);
    });
}

async function culpritIn(
  paths: readonly string[],
  line: LogLine,
  flags: Flags,
  environment: Environment,
): Promise<Culprit> {
  tellNotices(environment);
  const { documents, diagnostics } = await readPaths(paths);
  const policy = { ...policyOf(flags, environment), ...onlyGroup(flags, environment) };
  const { groups } = compile(documents, {
    policy,
    at: environment.now(),
    encoder: offlineEncoder(),
    unread: diagnostics,
  });
  return culpritOf(
    line,
    [...groups.values()].map(({ ir }) => ir),
  );
}

function explanation(failure: Failure | undefined, { definitions, secrets }: Culprit, { cluster }: LogLine): string {
  const about = [...definitions.map(nameOf), ...secrets.map(nameOf)].map((name) => `  about: ${name}\n`).join('');
  if (failure === undefined) return `the line names no failure that is known here\n${about}`;
  const where = cluster === undefined ? '' : ` (cluster ${cluster})`;
  return `${failure.side}${where}\n  cause: ${failure.cause}\n${about}  fix: ${failure.fix}\n`;
}

function namesOf({ definitions, secrets }: Culprit) {
  return { definitions: definitions.map(nameOf), secrets: secrets.map(nameOf) };
}

function nameOf({ kind, namespace, name, location }: Origin): string {
  return `${kind} ${namespace}/${name} ${location.file}:${location.line}:${location.column}`;
}
