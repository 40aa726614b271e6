import type { Diagnostic, Location, Subject } from '../diagnostics/diagnostic';

/** What moving a definition from Emissary means. */
export type Verdict = 'same' | 'better' | 'differs' | 'change';

/** A field that means something else than in Emissary. */
export interface Difference {
  readonly kind: 'better' | 'differs';
  /** As `tls.ca_secret`, from the spec. */
  readonly field: string;
  readonly note: string;
}

/** One definition, compared. */
export interface Compared {
  readonly subject: Subject;
  readonly location: Location;
  /** `change` if something must be changed before it is served, else the most that is different. */
  readonly verdict: Verdict;
  readonly differences: readonly Difference[];
  /** What `validate` says of it: errors, and warnings of what has no effect or is not verified. */
  readonly findings: readonly Diagnostic[];
}
