import type { Diagnostic } from '../diagnostics/diagnostic';
import { isIP } from 'node:net';
import { type Command, Option } from 'commander';
import { parseFieldSelector } from '../resolution/field-selector';
import { type ParsedSelector, parseLabelSelector } from '../resolution/label-selector';
import type { Policy } from '../resolution/policy';
import type { Selection } from '../resolution/selection';
import { asksConsul, type ConsulFlags } from './consul';
import { type Environment, variable } from './environment';
import { CommandFailure } from './exit-code';

export interface PolicyFlags extends ConsulFlags {
  readonly ambassadorId?: string;
  readonly singleNamespace?: boolean;
  readonly certsSingleNamespace?: boolean;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly bindAddress?: string;
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
    )
    .addOption(
      new Option(
        '--single-namespace',
        'read definitions of the install namespace only, and no IngressClass (AMBASSADOR_SINGLE_NAMESPACE)',
      ),
    )
    .addOption(
      new Option(
        '--certs-single-namespace',
        'read Secrets of the install namespace only (AMBASSADOR_CERTS_SINGLE_NAMESPACE)',
      ),
    )
    .addOption(
      new Option(
        '--label-selector <selector>',
        'read what has these labels only, Secrets and Services included (AMBASSADOR_LABEL_SELECTOR)',
      ),
    )
    .addOption(
      new Option(
        '--field-selector <selector>',
        'read what metadata.name and metadata.namespace select only (AMBASSADOR_FIELD_SELECTOR)',
      ),
    )
    .addOption(
      new Option('--bind-address <ip>', 'address that Listeners bind; default 0.0.0.0 (AMBASSADOR_ENVOY_BIND_ADDRESS)'),
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
  const installNamespace = flags.installNamespace ?? variable('AMBASSADOR_NAMESPACE', environment) ?? 'default';
  const bindAddress = bindAddressOf(flags, environment);
  return {
    strict: flags.strict === true,
    forceSecretValidation: flags.forceSecretValidation ?? parseBool(forced),
    installNamespace,
    selection: selectionOf(flags, environment, installNamespace),
    ...(bindAddress !== undefined && { bindAddress }),
    ...asksConsul(flags),
  };
}

/** The one node group that is served, if any is named; `render` has its own idea of it. */
export function onlyGroup(flags: PolicyFlags, environment: Environment): { readonly ambassadorId?: string } {
  const ambassadorId = flags.ambassadorId ?? variable('AMBASSADOR_ID', environment);
  return ambassadorId === undefined ? {} : { ambassadorId };
}

/** What is said where a node group was named that no definition belongs to. */
export function noSuchGroup(ambassadorId: string, groups: readonly string[]): string {
  return `no definition belongs to ambassador_id "${ambassadorId}"; there are ${groups.join(', ')}`;
}

export function addAmbassadorIdOption(command: Command): Command {
  return command.addOption(
    new Option('--ambassador-id <id>', 'serve this node group only (AMBASSADOR_ID); default every group there is'),
  );
}

/** As in Ambassador, any text restricts, `false` too. */
function selectionOf(flags: PolicyFlags, environment: Environment, namespace: string): Selection {
  const single = flags.singleNamespace ?? variable('AMBASSADOR_SINGLE_NAMESPACE', environment) !== undefined;
  const certs = flags.certsSingleNamespace ?? variable('AMBASSADOR_CERTS_SINGLE_NAMESPACE', environment) !== undefined;
  const labels = flags.labelSelector ?? variable('AMBASSADOR_LABEL_SELECTOR', environment);
  const fields = flags.fieldSelector ?? variable('AMBASSADOR_FIELD_SELECTOR', environment);
  return {
    ...(single && { namespace }),
    ...(certs && { secretNamespace: namespace }),
    ...(labels !== undefined && { labels: parsed('--label-selector', parseLabelSelector(labels)) }),
    ...(fields !== undefined && { fields: parsed('--field-selector', parseFieldSelector(fields)) }),
  };
}

function parsed<T>(flag: string, selector: ParsedSelector<T>): T {
  if (!selector.ok) throw new CommandFailure(`${flag}: ${selector.problem}`);
  return selector.selector;
}

function bindAddressOf(flags: PolicyFlags, environment: Environment): string | undefined {
  const address = flags.bindAddress ?? variable('AMBASSADOR_ENVOY_BIND_ADDRESS', environment);
  if (address !== undefined && isIP(address) === 0)
    throw new CommandFailure(`--bind-address: "${address}" is no IP address`);
  return address;
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

/** With the moment of `--at`, where it may be the reason of a finding. */
export function judgedAt(findings: readonly Diagnostic[], { at }: PolicyFlags): readonly Diagnostic[] {
  if (at === undefined) return findings;
  return findings.map((finding) =>
    finding.code === 'CS2012' ? { ...finding, fix: `${finding.fix}; it is judged as of --at ${at}` } : finding,
  );
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
