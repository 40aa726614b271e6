/** Names the folder in which the processes of one test run put their keys and outputs. Unset: nothing is recorded. */
export const RUN_DIRECTORY = 'COUNTERSIGN_CANARY_RUN';

/** Beginnings of the names of the files in it; each goes on with the process id of its only writer. */
export const KEYS = 'keys-';
export const OUTPUTS = 'outputs-';
/** The paths of the test files that ran, one a line. */
export const TESTS = 'tests-';

/** One private key that the tests made or read: a line of JSON. */
export interface RecordedKey {
  /** Kind, and the fingerprint of its public part. */
  readonly name: string;
  /** Its secret numbers in hexadecimal. */
  readonly numbers: readonly string[];
}

/** What precedes each piece of output: a line of JSON, and then so many bytes and a line feed. */
export interface RecordedOutput {
  /** Pieces of one output belong together. */
  readonly stream: number;
  readonly what: string;
  /** The test file that saw it. */
  readonly test: string;
  readonly length: number;
}
