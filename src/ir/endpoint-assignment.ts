import type { Origin } from './origin';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** The ready endpoints of one Kubernetes Service port, delivered over EDS. Sorted by address and port. */
export interface EndpointAssignment {
  /** `k8s/<namespace>/<service>/<port>`. */
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
  readonly origins: readonly Origin[];
}
