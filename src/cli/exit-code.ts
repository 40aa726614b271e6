/** The one table of exit codes. */
export const EXIT = {
  /** Nothing found, all done. */
  clean: 0,
  /** Definitions or certificates are wrong; what is right was still processed. */
  findings: 1,
  /** Two things differ (`diff`). */
  differences: 2,
  /** The command line is wrong, or the world failed: a file can't be read, a port is taken. */
  failure: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A wrong command line or a failure of the world, told in one line; ends the command with `EXIT.failure`. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}
