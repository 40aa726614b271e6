import type { Command } from 'commander';
import { type Environment, colourful } from '../environment';
import type { ExitCode } from '../exit-code';

interface Flags {
  readonly keep?: boolean;
}

/** `countersign demo`: two real Envoys with mutual TLS between them, step by step. */
export function demoCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  program
    .command('demo')
    .description('run an edge and a sidecar Envoy with mutual TLS between them, and show what holds')
    .option('--keep', 'leave it running afterwards, and say what to try')
    .addHelpText(
      'after',
      `
It issues a CA and certificates in a temporary folder, finds or installs Envoy (ENVOY=path chooses another), and shows a request
through both Envoys, the refusal of everybody else, rotations under load, and a broken Secret that harms nobody.

Exit code: 0 only if every step held, 1 if one did not.

Examples:
  countersign demo              takes about ten seconds, and leaves nothing behind
  countersign demo --keep       stays up; prints the requests to try and the files to edit`,
    )
    .action(async (flags: Flags) => {
      const { runDemo } = require('../demo/demo') as typeof import('../demo/demo');
      exit(
        await runDemo({ environment, keep: flags.keep === true, colour: colourful(environment.stdout, environment) }),
      );
    });
}
