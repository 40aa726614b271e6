import type { Location, Subject } from '../diagnostics/diagnostic';

/** Where a value sits in a document: keys and indices from its root, such as `['spec', 'hosts', 0]`. */
export type Path = readonly (string | number)[];

/**
 * One definition as a source read it: plain values, and a way back to file:line:column. Documents are compared by
 * identity: a source that reads the same text again hands out the same Document, so everything derived from it is reused.
 */
export interface Document {
  /** The file as the user named it, or a pseudo-file such as `<stdin>`. */
  readonly file: string;
  /** Plain JSON values, not yet validated. */
  readonly value: unknown;
  /** The definition that it was made from, such as an Ingress, or the Service whose annotation holds it. */
  readonly madeFrom?: Subject;
  /** It counts instead of any other of its name, wherever that comes from. */
  readonly prevails?: boolean;
  /**
   * The position of the value at `path`, or of its key. A path that is not there gives the nearest ancestor that is, so a
   * missing field points at the mapping that lacks it. Excerpts are redacted; a Secret's data is never excerpted.
   */
  locate(path: Path, part?: 'key' | 'value'): Location;
}
