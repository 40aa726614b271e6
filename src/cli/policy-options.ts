import { type Command, Option } from 'commander';
import type { Policy } from '../resolution/policy';
import { type Environment, variable } from './environment';
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
export function policyOf(flags: PolicyFlags, environment: Environment): Policy {
  const forced = variable('AMBASSADOR_FORCE_SECRET_VALIDATION', environment);
  return {
    strict: flags.strict === true,
    forceSecretValidation: flags.forceSecretValidation ?? parseBool(forced),
    installNamespace: flags.installNamespace ?? variable('AMBASSADOR_NAMESPACE', environment) ?? 'default',
  };
}

/** The moment given by `--at`, else now. */
export function momentOf(flags: PolicyFlags, environment: Environment): Date {
  if (flags.at === undefined) return environment.now();
  const at = new Date(flags.at);
  // `Date` would take much more, such as "1", or roll 30 February over into March.
  if (!DATE.test(flags.at) || Number.isNaN(at.getTime()) || !isOfCalendar(flags.at))
    throw new CommandFailure(`--at: "${flags.at}" is no date; write 2027-01-01 or 2027-01-01T12:00:00Z`);
  return at;
}

/** RFC 3339: a day, which begins at midnight UTC, or a moment with its time zone. */
const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

function isOfCalendar(date: string): boolean {
  const day = date.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** Go’s `strconv.ParseBool`, which Ambassador uses: anything it does not know is false. */
function parseBool(text: string | undefined): boolean {
  return text !== undefined && ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text);
}
