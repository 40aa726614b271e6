/** A Secret that Envoy fetches from another SDS server on its own machine: the control plane knows no more of it than its name. */
export interface ForeignSecret {
  /** Absolute path of the server's Unix domain socket on Envoy's machine. */
  readonly socket: string;
  readonly name: string;
}

/** Which Secret is meant: by name one of the same IR, or one of another SDS server. */
export type SecretSource = string | ForeignSecret;

export function isForeign(source: SecretSource | undefined): source is ForeignSecret {
  return typeof source === 'object';
}

/** The name of a Secret of the same IR; undefined for one of another server. */
export function ownSecret(source: SecretSource | undefined): string | undefined {
  return typeof source === 'string' ? source : undefined;
}
