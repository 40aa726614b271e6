import type { Definitions } from '../model/definitions';
import type { Policy } from '../resolution/policy';
import type { Quarantine } from '../resolution/quarantine';

/** What the IR of one node group is built from. Everything in it has passed validation or stands in the quarantine. */
export interface BuildContext {
  /** The definitions of the node group, with the Listeners and the Host that Ambassador supplies where none are defined. */
  readonly definitions: Definitions;
  readonly quarantine: Quarantine;
  readonly policy: Policy;
}
