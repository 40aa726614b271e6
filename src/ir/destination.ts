import type { Policy } from '../resolution/policy';
import type { Upstream } from '../resolution/upstream';

/** What is spoken with an upstream. */
export type Spoken = 'http/1.1' | 'http/2' | 'bytes';

/** The upstream that a connection goes to. */
export interface Destination {
  readonly upstream: Upstream;
  readonly spoken: Spoken;
  readonly policy: Policy;
}
