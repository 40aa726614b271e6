import { type Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import { type GroupConfiguration, compile } from '../../compile';
import { reportText } from '../../diagnostics/reporters/text';
import { inReadingOrder } from '../../diagnostics/reporters/report';
import { staticBootstrap } from '../../envoy/static-bootstrap';
import { type JsonValue, decode, encode } from '../../protos';
import type { ResourceType, Snapshot } from '../../snapshot/snapshot';
import { filesIn } from '../files-in';
import { addReadInput, type InputFlags, readInput } from '../input';
import { tellNotices } from '../ambassador-variables';
import { type Environment, colourful, variable } from '../environment';
import { CommandFailure, EXIT, type ExitCode } from '../exit-code';
import { offlineEncoder } from '../offline-encoder';
import {
  type PolicyFlags,
  addPolicyOptions,
  addTimeOption,
  judgedAt,
  momentOf,
  noSuchGroup,
  policyOf,
} from '../policy-options';

/** The order in which people read them: from the door inwards. */
const TYPES: readonly ResourceType[] = ['listeners', 'routes', 'clusters', 'endpoints', 'secrets'];

interface Flags extends PolicyFlags, InputFlags {
  readonly ambassadorId?: string;
  readonly type: readonly ResourceType[];
  readonly format: 'yaml' | 'json';
  readonly static?: boolean;
  readonly withKeys?: boolean;
}

/** `countersign render PATH…`: the xDS resources, decoded back from the bytes that would be sent; private keys redacted. */
export function renderCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  addReadInput(addTimeOption(addPolicyOptions(program.command('render'))))
    .description('print the Envoy resources that definitions compile to; findings go to standard error')
    .option('--ambassador-id <id>', 'the node group to render (AMBASSADOR_ID; else default)')
    .addOption(
      new Option('--type <types>', `only these, separated by commas: ${TYPES.join(', ')}`)
        .argParser(types)
        .default(TYPES, 'all'),
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['yaml', 'json']).default('yaml'))
    .option('--static', 'one self-contained Envoy bootstrap with everything inline, for `envoy -c`')
    .option('--with-keys', 'with --static: put the private keys in, instead of leaving them to environment variables')
    .addHelpText(
      'after',
      `
The same definitions give the same output, and no private key is in it unless --with-keys asks for them: snapshot it in CI, and a
change of what Envoy gets shows in the pull request. Give --at there, so that no certificate expires in the meantime. Each ambassador_id
is a node group with resources of its own.

With --static, each private key is read by Envoy from an environment variable that the output names, such as
COUNTERSIGN_KEY_DEFAULT_UPSTREAM_CERTS for Secret default/upstream-certs. --with-keys puts the keys in: guard that file.

Exit code: 0 all is served, 1 there are errors (what can be served is printed nevertheless), 3 wrong usage or unreadable input.

Examples:
  countersign render --at 2026-11-24 config/ > snapshot.yaml
  countersign render --type clusters,secrets --format json config/
  countersign render --ambassador-id sidecar config/
  countersign render --static --with-keys config/ > envoy.yaml && envoy --mode validate -c envoy.yaml`,
    )
    .action(async (paths: string[], flags: Flags) => {
      if (flags.withKeys === true && flags.static !== true) throw new CommandFailure('--with-keys needs --static');
      const options = {
        policy: policyOf(flags, environment),
        at: momentOf(flags, environment),
        encoder: offlineEncoder(),
      };
      tellNotices(environment);
      const { documents, diagnostics } = await readInput(paths, flags, options.policy, environment);
      const { groups, unread, diagnostics: found } = compile(documents, { ...options, unread: diagnostics });
      const findings = inReadingOrder(judgedAt([...unread, ...found], flags));
      const id = flags.ambassadorId ?? variable('AMBASSADOR_ID', environment) ?? 'default';
      const group = groups.get(id);
      if (group === undefined) throw new CommandFailure(noSuchGroup(id, [...groups.keys()]));
      if (findings.length > 0) {
        const files = filesIn(documents, findings);
        const summary = { diagnostics: findings, files, definitions: documents.length };
        environment.stderr.write(reportText(summary, colourful(environment.stderr, environment)));
      }
      const document =
        flags.static === true ? bootstrap(group, flags.withKeys === true) : resources(group.snapshot, flags.type);
      environment.stdout.write(
        flags.format === 'json'
          ? `${JSON.stringify(document, null, 2)}\n`
          : stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }),
      );
      exit(findings.some(({ severity }) => severity === 'error') ? EXIT.findings : EXIT.clean);
    });
}

/** The resources of a snapshot as proto-JSON. */
export function resources(
  snapshot: Snapshot,
  wanted: readonly ResourceType[] = TYPES,
): Readonly<Record<string, readonly JsonValue[]>> {
  return Object.fromEntries(
    TYPES.filter((type) => wanted.includes(type)).map((type) => [
      type,
      [...snapshot.types[type].resources.values()].map(({ any }) => decode('google.protobuf.Any', any)),
    ]),
  );
}

function bootstrap({ ir }: GroupConfiguration, withKeys: boolean): JsonValue {
  const name = 'envoy.config.bootstrap.v3.Bootstrap';
  return decode(name, encode(name, staticBootstrap(ir, { withKeys })), { revealKeys: withKeys });
}

function types(text: string): readonly ResourceType[] {
  return text.split(',').map((word) => {
    const type = TYPES.find((candidate) => candidate === word.trim());
    if (type === undefined) throw new InvalidArgumentError(`"${word}" is none of ${TYPES.join(', ')}`);
    return type;
  });
}
