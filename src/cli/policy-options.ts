import { type Command, Option } from 'commander';
import type { Policy } from '../resolution/policy';
import type { Environment } from './environment';
import { CommandFailure } from './exit-code';

export interface PolicyFlags {
  readonly strict?: boolean;
  readonly forceSecretValidation?: boolean;
  readonly installNamespace?: string;
  readonly at?: string;
}

/** Adds the flags that decide how definitions are judged; each Ambassador variable has one that says the same. */
export function addPolicyOptions(command: Command): Command {
  return command
    .addOption(new Option('--strict', 'what is not verified is an error, not a warning; forces secret validation'))
    .addOption(
      new Option(
        '--force-secret-validation',
        'disable a Host entirely if its Secret is invalid (AMBASSADOR_FORCE_SECRET_VALIDATION)',
      ),
    )
    .addOption(
      new Option(
        '--install-namespace <namespace>',
        'services named by Mappings of this namespace stay unqualified (AMBASSADOR_NAMESPACE)',
      ),
    );
}

export function addTimeOption(command: Command): Command {
  return command.addOption(
    new Option('--at <date>', 'judge certificates as of this date, such as 2027-01-01 or 2027-01-01T12:00:00Z'),
  );
}

/** Flags win over variables. */
export function policyOf(flags: PolicyFlags, { variables }: Environment): Policy {
  return {
    strict: flags.strict === true,
    forceSecretValidation: flags.forceSecretValidation ?? parseBool(variables['AMBASSADOR_FORCE_SECRET_VALIDATION']),
    installNamespace: flags.installNamespace ?? variables['AMBASSADOR_NAMESPACE'] ?? 'default',
  };
}

/** The moment given by `--at`, else now. */
export function momentOf(flags: PolicyFlags, environment: Environment): Date {
  if (flags.at === undefined) return environment.now();
  const at = new Date(flags.at);
  if (Number.isNaN(at.getTime()))
    throw new CommandFailure(`--at: "${flags.at}" is no date; write 2027-01-01 or 2027-01-01T12:00:00Z`);
  return at;
}

/** Go’s `strconv.ParseBool`, which Ambassador uses: anything it does not know is false. */
function parseBool(text: string | undefined): boolean {
  return text !== undefined && ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text);
}
