import type { Origin } from './origin';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** Share of the requests, in relation to the others; default 1. */
  readonly weight?: number;
  /** Its Pod speaks no TLS: clusters that make exceptions (`UpstreamTls.exceptMarked`) reach it in cleartext. */
  readonly plaintext?: true;
}

/** The ready endpoints of one Kubernetes Service port, or of one service in Consul, delivered over EDS. Sorted by address and port. */
export interface EndpointAssignment {
  /** `k8s/<namespace>/<service>/<port>`, or `consul/<namespace>/<resolver>/<service>[/connect]`. */
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
  readonly origins: readonly Origin[];
}
