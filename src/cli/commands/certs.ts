import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { readTrustBundle, type TrustBundle } from '../../certificates';
import { type Item, edgesOf, isWithin, lifeOf, parseThreshold, planRollover, type Threshold } from '../../inventory';
import { tellNotices } from '../ambassador-variables';
import { itemDocument, placeOf } from '../certs/document';
import { type ConfiguredInventory, readInventory } from '../certs/read-inventory';
import { askServer, wireOf } from '../certs/on-wire';
import { graphText, listText, planText, showText } from '../certs/text';
import type { Environment } from '../environment';
import { CommandFailure, EXIT, type ExitCode } from '../exit-code';
import { addReadInput, type InputFlags, readInput } from '../input';
import { offlineEncoder } from '../offline-encoder';
import {
  type PolicyFlags,
  addAmbassadorIdOption,
  addPolicyOptions,
  addTimeOption,
  momentOf,
  onlyGroup,
  policyOf,
} from '../policy-options';

interface Flags extends PolicyFlags, InputFlags {
  readonly format: 'text' | 'json';
  readonly failWithin?: string;
  readonly fromServer?: string;
  readonly from?: string;
  readonly to?: string;
}

const SCHEMA_VERSION = 1;

/** `countersign certs list|show|graph|plan-rollover`: what ends when, who uses it, and how to replace a CA. */
export function certsCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  const certs = program
    .command('certs')
    .description('certificates, CAs and revocation lists: what ends when, who uses it, how to roll over a CA')
    .addHelpText(
      'after',
      `
Exit code: 0 clean, 1 something ends within --fail-within or a Secret is unusable then, 3 wrong usage or unreadable input.

Examples:
  countersign certs list config/                         what ends when, and who uses it
  countersign certs list --fail-within 20% config/       in CI: fails while less than a fifth of any life is left
  countersign certs list --at 2027-01-01 config/         as it will look then
  countersign certs show default/upstream-certs config/  chain, names, fingerprints, users with file:line:column
  countersign certs list --from-server http://127.0.0.1:18001 config/    which Envoys hold which serial number
  countersign certs plan-rollover --from old-ca --to new-ca config/`,
    );
  const add = (name: string, description: string) =>
    addTimeOption(addAmbassadorIdOption(addPolicyOptions(certs.command(name))))
      .description(description)
      .exitOverride()
      .configureOutput(program.configureOutput())
      .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'));
  const fromServer = (command: Command) =>
    command.option(
      '--from-server <url>',
      'ask the admin port of a running control plane which Envoys hold which certificate, as they acknowledged',
    );
  const paths = 'files, directories or - for standard input';
  const print = (flags: Flags, text: () => string, json: () => object) =>
    environment.stdout.write(
      flags.format === 'json' ? `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...json() }, null, 2)}\n` : text(),
    );

  addReadInput(fromServer(add('list', 'one line for each certificate, CA bundle and revocation list')), paths)
    .option('--fail-within <left>', 'exit with 1 if something has no more left than this: 20% of its life, or 30d')
    .action(async (given: string[], flags: Flags) => {
      const threshold = thresholdOf(flags);
      const { items, unusable, at } = await read(given, flags, environment);
      const wire = await wireOfServer(flags);
      print(
        flags,
        () => listText(items, unusable, at, threshold, wire),
        () => ({
          at: at.toISOString(),
          items: items.map((item) => itemDocument(item, at, threshold, wire?.(item))),
          unusable: unusable.map(({ code, message, subject }) => ({ code, message, subject })),
        }),
      );
      const ending = threshold !== undefined && items.some((item) => isWithin(lifeOf(item, at), threshold));
      exit(ending || (threshold !== undefined && unusable.length > 0) ? EXIT.findings : EXIT.clean);
    });

  const show = fromServer(add('show', 'everything about what a Secret holds')).argument(
    '<name>',
    'the Secret: namespace/name, or a name that is there once',
  );
  addReadInput(show, paths).action(async (name: string, given: string[], flags: Flags) => {
    const { items, at } = await read(given, flags, environment);
    const shown = named(items, name);
    const wire = await wireOfServer(flags);
    print(
      flags,
      () => showText(shown, at, wire),
      () => ({
        at: at.toISOString(),
        items: shown.map((item) => itemDocument(item, at, undefined, wire?.(item))),
      }),
    );
  });

  addReadInput(add('graph', 'who presents which certificate, and whose CAs accept it'), paths).action(
    async (given: string[], flags: Flags) => {
      const { items, at } = await read(given, flags, environment);
      print(
        flags,
        () => graphText(items),
        () => ({
          items: items.map((item) => itemDocument(item, at)),
          edges: edgesOf(items).map(({ certificate, bundle }) => ({
            certificate: certificate.name,
            acceptedBy: bundle.name,
          })),
        }),
      );
    },
  );

  addReadInput(
    add('plan-rollover', 'the steps from one CA to another, and what each would break if it were done now'),
    paths,
  )
    .requiredOption('--from <ca>', 'the old CA: a Secret as namespace/name or name, or a PEM file')
    .requiredOption('--to <ca>', 'the new CA, likewise')
    .action(async (given: string[], flags: Flags) => {
      const inventory = await read(given, flags, environment);
      const plan = planRollover(inventory.items, bundleOf(flags.from, inventory), bundleOf(flags.to, inventory));
      if (plan.from.length === 0)
        throw new CommandFailure('--from: every CA of it is in --to as well; nothing would be retired');
      print(
        flags,
        () => planText(plan),
        () => ({
          from: plan.from.map(({ subject, fingerprint }) => ({ subject, fingerprint })),
          to: plan.to.map(({ subject, fingerprint }) => ({ subject, fingerprint })),
          steps: plan.steps.map(({ name, changes, breaksNow }) => ({
            name,
            changes: changes.map(({ item, done }) => ({
              kind: item.kind,
              name: item.name,
              at: item.origins.map(placeOf),
              done,
            })),
            breaksNow: breaksNow.map(({ certificate, bundle }) => ({
              certificate: certificate.name,
              refusedBy: bundle.name,
            })),
          })),
          verifiesPeersOutside: plan.outside.map(({ name }) => name),
          shownToPeersOutside: plan.shownOutside.map(({ name }) => name),
        }),
      );
    });
}

interface Read extends ConfiguredInventory {
  readonly at: Date;
  readonly installNamespace: string;
}

async function read(paths: readonly string[], flags: Flags, environment: Environment): Promise<Read> {
  tellNotices(environment);
  const policy = { ...policyOf(flags, environment), ...onlyGroup(flags, environment) };
  const at = momentOf(flags, environment);
  const { documents, diagnostics } = await readInput(paths, flags, policy, environment);
  const options = { policy, at, encoder: offlineEncoder(), unread: diagnostics };
  return { ...readInventory(documents, options), at, installNamespace: policy.installNamespace };
}

/** What each item is on the wire; undefined where no server was named. */
async function wireOfServer({ fromServer }: Flags) {
  if (fromServer === undefined) return undefined;
  const served = await askServer(fromServer);
  return (item: Item) => wireOf(item, served);
}

function thresholdOf({ failWithin }: Flags): Threshold | undefined {
  if (failWithin === undefined) return undefined;
  const threshold = parseThreshold(failWithin);
  if (threshold === undefined)
    throw new CommandFailure(`--fail-within: "${failWithin}" is neither like 20% nor like 30d`);
  return threshold;
}

/** What the Secret of this name is, alone or joined with others (`default/old-ca+default/new-ca`). */
function named(items: readonly Item[], name: string): readonly Item[] {
  const meant = (secret: string) => secret === name || (!name.includes('/') && secret.endsWith(`/${name}`));
  const found = items.filter((item) => item.name === name || item.name.split('+').some(meant));
  const names = [...new Set(found.flatMap((item) => (item.name === name ? name : item.name.split('+').filter(meant))))];
  if (names.length === 1) return found;
  throw new CommandFailure(
    names.length === 0
      ? `no usable Secret is called "${name}"; \`countersign certs list\` names them all`
      : `"${name}" is not one Secret: say which of ${names.join(', ')}`,
  );
}

/** The CAs of a Secret of the input, else of a PEM file. */
function bundleOf(text = '', { compilation, installNamespace, at }: Read): TrustBundle {
  const [first = '', rest] = text.split('/');
  const [namespace, name] = rest === undefined ? [installNamespace, first] : [first, rest];
  const data = compilation.definitions.find('Secret', namespace, name)?.spec.data ?? fileAsSecret(text);
  const { value, findings } = readTrustBundle(data, at);
  if (value === undefined)
    throw new CommandFailure(`"${text}" is no CA bundle: ${findings[0]?.message ?? 'nothing in it'}`);
  return value;
}

function fileAsSecret(path: string) {
  let pem: Buffer;
  try {
    pem = readFileSync(path);
  } catch (cause) {
    throw new CommandFailure(`"${path}" is neither a Secret of the input nor a readable file`, { cause });
  }
  return { get: (key: string) => (key === 'ca.crt' ? pem : undefined), keys: () => ['ca.crt'] };
}
