import type { Location, Subject } from '../diagnostics/diagnostic';

/** The definition that something in the IR came from, so that a refusal by Envoy can be traced back to a line. */
export interface Origin extends Subject {
  readonly location: Location;
}
