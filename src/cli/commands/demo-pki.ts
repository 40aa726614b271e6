import type { Command } from 'commander';
import type { Environment } from '../environment';
import { EXIT, type ExitCode } from '../exit-code';

/** `countersign demo-pki DIR`: the certificates and bootstraps of docker-compose.yml. */
export function demoPkiCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  program
    .command('demo-pki')
    .description('issue the throwaway certificates that docker-compose.yml needs')
    .argument('<dir>', 'where to write them; what is still good there is kept')
    .addHelpText(
      'after',
      `
Example:
  countersign demo-pki /pki         writes /pki/countersign, /pki/edge and /pki/sidecar: certificates, Secrets, Envoy bootstraps`,
    )
    .action(async (dir: string) => {
      // Loaded when it is needed: issuing certificates is nothing that serving should wait for.
      const { writeComposeFiles } = require('../demo/compose-files') as typeof import('../demo/compose-files');
      const written = await writeComposeFiles(dir, environment.now());
      environment.stdout.write(
        written ? `certificates written to ${dir}\n` : `the certificates in ${dir} are still good\n`,
      );
      exit(EXIT.clean);
    });
}
