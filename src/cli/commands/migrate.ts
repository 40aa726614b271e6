import { type Command, Option } from 'commander';
import { compile } from '../../compile';
import type { Diagnostic } from '../../diagnostics/diagnostic';
import { compare, type Compared } from '../../migration';
import { keyOf } from '../../model/definition';
import { tellNotices } from '../ambassador-variables';
import type { Environment } from '../environment';
import { EXIT, type ExitCode } from '../exit-code';
import { addReadInput, type InputFlags, readInput } from '../input';
import { textOf } from '../migrate/text';
import { offlineEncoder } from '../offline-encoder';
import { type PolicyFlags, addAmbassadorIdOption, addPolicyOptions, onlyGroup, policyOf } from '../policy-options';

interface Flags extends PolicyFlags, InputFlags {
  readonly format: 'text' | 'json';
}

/** `countersign migrate emissary`: what each definition that was written for Emissary means here. */
export function migrateCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  const migrate = program
    .command('migrate')
    .description('what moving here from another control plane means')
    .addHelpText(
      'after',
      `
Examples:
  countersign migrate emissary --kubernetes
  countersign migrate emissary config/`,
    );
  addReadInput(addAmbassadorIdOption(addPolicyOptions(migrate.command('emissary'))))
    .exitOverride()
    .configureOutput(program.configureOutput())
    .description('of each definition of Emissary: the same, better, different, or in need of a change; writes nothing')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `
Reads what Emissary reads, from files or from its cluster, and changes neither.

Exit code: 0 nothing needs a change, 1 something does, 3 wrong usage or unreadable input.

Examples:
  AMBASSADOR_NAMESPACE=emissary countersign migrate emissary --kubernetes
  countersign migrate emissary config/
  countersign migrate emissary --strict config/          what would have to be verified as well`,
    )
    .action(async (paths: string[], flags: Flags) => {
      tellNotices(environment);
      const policy = { ...policyOf(flags, environment), ...onlyGroup(flags, environment) };
      const { documents, diagnostics } = await readInput(paths, flags, policy, environment);
      const options = { policy, at: environment.now(), encoder: offlineEncoder(), unread: diagnostics };
      const compilation = compile(documents, options);
      const findings = [...compilation.unread, ...compilation.diagnostics];
      const compared = compare(documents, findings);
      const others = about(findings, compared);
      environment.stdout.write(flags.format === 'json' ? json(compared, others) : textOf(compared, others));
      const change = [...others, ...compared.flatMap((each) => each.findings)].some(
        ({ severity }) => severity === 'error',
      );
      exit(change ? EXIT.findings : EXIT.clean);
    });
}

/** Errors that are about none of the definitions: files that can’t be read, Secrets. */
function about(findings: readonly Diagnostic[], compared: readonly Compared[]): readonly Diagnostic[] {
  const told = new Set(compared.map(({ subject }) => keyOf(subject)));
  return findings.filter(
    ({ severity, subject }) => severity === 'error' && (subject === undefined || !told.has(keyOf(subject))),
  );
}

function json(compared: readonly Compared[], others: readonly Diagnostic[]): string {
  const finding = ({ severity, code, message, fix, location }: Diagnostic) => ({
    severity,
    code,
    message,
    fix,
    ...(location && { at: `${location.file}:${location.line}:${location.column}` }),
  });
  const document = {
    schemaVersion: 1,
    definitions: compared.map(({ subject: { kind, namespace, name }, location, verdict, differences, findings }) => ({
      kind,
      namespace,
      name,
      at: `${location.file}:${location.line}:${location.column}`,
      verdict,
      differences: differences.map((difference) => ({
        field: difference.field,
        better: difference.kind === 'better',
        note: difference.note,
      })),
      findings: findings.map(finding),
    })),
    others: others.map(finding),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
