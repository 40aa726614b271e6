import { types } from 'node:util';
import { Command, CommanderError } from 'commander';
import { bootstrapCommand } from './commands/bootstrap';
import { certsCommand } from './commands/certs';
import { demoCommand } from './commands/demo';
import { demoPkiCommand } from './commands/demo-pki';
import { explainCommand } from './commands/explain';
import { rehearseCommand } from './commands/rehearse';
import { migrateCommand } from './commands/migrate';
import { renderCommand } from './commands/render';
import { schemaCommand } from './commands/schema';
import { serveCommand } from './commands/serve';
import { validateCommand } from './commands/validate';
import { xdsPkiCommand } from './commands/xds-pki';
import type { Environment } from './environment';
import { CommandFailure, EXIT, type ExitCode } from './exit-code';
import { maskPrivateKeys } from '../model/redaction';
import { reasonOf } from '../sources/files/file-states';
import { VERSION } from './version';

const ABOUT =
  'An Envoy xDS control plane for mutual TLS. Reads Ambassador definitions (Mapping, TLSContext, Host, Listener) and Kubernetes ' +
  'Secrets from files or from the Kubernetes API, checks every definition and certificate, and serves them to Envoy over ADS.';

const EXAMPLES = `
Exit codes: 0 clean, 1 findings, 3 wrong usage or I/O; 2 (differences) is reserved for \`diff\`.

Environment:
  AMBASSADOR_ID, AMBASSADOR_NAMESPACE, AMBASSADOR_SINGLE_NAMESPACE, AMBASSADOR_CERTS_SINGLE_NAMESPACE,
  AMBASSADOR_LABEL_SELECTOR, AMBASSADOR_FIELD_SELECTOR, AMBASSADOR_FORCE_SECRET_VALIDATION,
  AMBASSADOR_ENVOY_BIND_ADDRESS, AMBASSADOR_ISTIO_SECRET_DIR
                                             as in Ambassador; a flag wins over each
  AMBASSADOR_DRAIN_TIME, AMBASSADOR_ENVOY_BASE_ID, AMBASSADOR_EDS_BYPASS, AMBASSADOR_DISABLE_ENDPOINTS,
  AMBASSADOR_FAST_RECONFIGURE, AMBASSADOR_UPDATE_MAPPING_STATUS,
  DISABLE_STRICT_LABEL_SELECTORS             not supported or without effect here; a notice says why
  COUNTERSIGN_STATE, COUNTERSIGN_STATE_KEY   where \`serve\` keeps what is last good, and the key that seals it
  ENVOY                                      the Envoy that the demo runs, instead of the one it installs
  NO_COLOR                                   no colours, even on a terminal

Start here:
  countersign demo                           two real Envoys with mutual TLS between them, in under a minute
  countersign validate config/               what is wrong with these definitions, and how to mend it
  countersign explain --log LINE config/      why a request or a handshake failed
  countersign certs list config/             what ends when, and who uses it
  countersign rehearse config/               the handshakes with the upstreams, before Envoy makes them
  countersign render config/                 the Envoy resources they compile to
  countersign serve config/                  the control plane
  countersign bootstrap --role edge          the Envoy bootstrap that connects to it
  countersign migrate emissary config/       what moving here from Emissary means, definition by definition
  countersign schema                         a JSON Schema of the definitions, for editors

countersign COMMAND --help has examples of each.`;

/** Where the width of the terminal is not known. */
const HELP_WIDTH = 100;

/** Runs one command line and returns its exit code. Throws only for bugs of our own. */
export async function run(argv: readonly string[], surroundings: Environment): Promise<ExitCode> {
  const environment = withGuardedErrors(surroundings);
  let code: ExitCode = EXIT.clean;
  const exit = (chosen: ExitCode) => {
    code = chosen;
  };
  const program = new Command('countersign')
    .description(ABOUT)
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => environment.stdout.write(text),
      writeErr: (text) => environment.stderr.write(text),
      getOutHelpWidth: () => environment.stdout.columns ?? HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
    })
    .showHelpAfterError('(countersign COMMAND --help explains)')
    .addHelpText('after', EXAMPLES);
  for (const add of [
    serveCommand,
    validateCommand,
    explainCommand,
    certsCommand,
    rehearseCommand,
    renderCommand,
    bootstrapCommand,
    schemaCommand,
    migrateCommand,
    demoCommand,
    demoPkiCommand,
    xdsPkiCommand,
  ])
    add(program, environment, exit);
  for (const command of program.commands) command.exitOverride().configureOutput(program.configureOutput());
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.failure;
    if (error instanceof CommandFailure || isSystemError(error)) {
      environment.stderr.write(`countersign: ${describe(error)}\n`);
      return EXIT.failure;
    }
    throw error;
  }
}

/** Errors repeat what they are about, and somebody may have given a key itself where its file was asked for. */
function withGuardedErrors(environment: Environment): Environment {
  const { stderr } = environment;
  const write = (text: string) => stderr.write(maskPrivateKeys(text));
  return { ...environment, stderr: { write, ...(stderr.isTTY !== undefined && { isTTY: stderr.isTTY }) } };
}

function describe({ message, cause }: Error): string {
  if (!types.isNativeError(cause)) return message;
  const why = 'code' in cause ? reasonOf(cause) : cause.message;
  return message.endsWith(why) ? message : `${message}: ${why}`;
}

/** A failure of the world, raised by Node or by an I/O room with a `cause`. */
function isSystemError(error: unknown): error is Error {
  return types.isNativeError(error) && ('code' in error || error.cause !== undefined);
}
