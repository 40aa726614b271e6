import { type NodeIdentity, type NodeMessage, readNode } from './node';

/** A `DiscoveryRequest` in plain data. */
export interface SotwRequest {
  readonly protocol: 'sotw';
  readonly node?: NodeIdentity;
  readonly typeUrl: string;
  readonly nonce: string;
  /** Present in a NACK. May quote private keys: match it, never keep or print it. */
  readonly error?: string;
  /** Version of the last accepted response, perhaps of an earlier stream. */
  readonly version: string;
  readonly names: readonly string[];
}

/** A `DeltaDiscoveryRequest` in plain data. */
export interface DeltaRequest {
  readonly protocol: 'delta';
  readonly node?: NodeIdentity;
  readonly typeUrl: string;
  readonly nonce: string;
  /** Present in a NACK. May quote private keys: match it, never keep or print it. */
  readonly error?: string;
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  /** What the client already has, on the first request of a type. */
  readonly initialVersions: ReadonlyMap<string, string>;
}

export type Request = SotwRequest | DeltaRequest;

interface RequestMessage {
  readonly node?: NodeMessage | null;
  readonly type_url?: string;
  readonly response_nonce?: string;
  readonly error_detail?: { readonly message?: string } | null;
}

/** A decoded `envoy.service.discovery.v3.DiscoveryRequest`. */
export interface SotwRequestMessage extends RequestMessage {
  readonly version_info?: string;
  readonly resource_names?: readonly string[];
}

/** A decoded `envoy.service.discovery.v3.DeltaDiscoveryRequest`. */
export interface DeltaRequestMessage extends RequestMessage {
  readonly resource_names_subscribe?: readonly string[];
  readonly resource_names_unsubscribe?: readonly string[];
  readonly initial_resource_versions?: Readonly<Record<string, string>>;
}

export function sotwRequest(message: SotwRequestMessage): SotwRequest {
  return {
    protocol: 'sotw',
    ...common(message),
    version: message.version_info ?? '',
    names: message.resource_names ?? [],
  };
}

export function deltaRequest(message: DeltaRequestMessage): DeltaRequest {
  return {
    protocol: 'delta',
    ...common(message),
    subscribe: message.resource_names_subscribe ?? [],
    unsubscribe: message.resource_names_unsubscribe ?? [],
    initialVersions: new Map(Object.entries(message.initial_resource_versions ?? {})),
  };
}

function common(message: RequestMessage) {
  return {
    typeUrl: message.type_url ?? '',
    nonce: message.response_nonce ?? '',
    ...(message.node && { node: readNode(message.node) }),
    // The presence of `error_detail` makes a NACK, even if its message is empty.
    ...(message.error_detail && { error: message.error_detail.message ?? '' }),
  };
}
