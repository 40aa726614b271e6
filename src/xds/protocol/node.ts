/** What a node says about itself on the first request of a stream. It chooses a configuration; it proves nothing. */
export interface NodeIdentity {
  readonly id: string;
  readonly cluster: string;
  /** `metadata.ambassador_id`: a string or a list of strings. */
  readonly ambassadorIds: readonly string[];
  /** Such as `1.40.0`; empty if the node does not say. */
  readonly envoyVersion: string;
}

/** The part of a decoded `envoy.config.core.v3.Node` that is read here. */
export interface NodeMessage {
  readonly id?: string;
  readonly cluster?: string;
  readonly metadata?: { readonly fields?: Readonly<Record<string, ValueMessage>> } | null;
  readonly user_agent_version?: string;
  readonly user_agent_build_version?: {
    readonly version?: {
      readonly major_number?: number;
      readonly minor_number?: number;
      readonly patch?: number;
    } | null;
  } | null;
}

/** A decoded `google.protobuf.Value`. */
export interface ValueMessage {
  readonly string_value?: string;
  readonly list_value?: { readonly values?: readonly ValueMessage[] } | null;
}

export const DEFAULT_GROUP = 'default';

export function readNode(message: NodeMessage): NodeIdentity {
  const version = message.user_agent_build_version?.version;
  return {
    id: message.id ?? '',
    cluster: message.cluster ?? '',
    ambassadorIds: strings(message.metadata?.fields?.['ambassador_id']),
    envoyVersion: version
      ? `${version.major_number ?? 0}.${version.minor_number ?? 0}.${version.patch ?? 0}`
      : (message.user_agent_version ?? ''),
  };
}

function strings(value: ValueMessage | undefined): string[] {
  if (value?.string_value) return [value.string_value];
  return (value?.list_value?.values ?? []).flatMap((each) => (each.string_value ? [each.string_value] : []));
}

/** Whether a later request on the same stream speaks for the same node. Envoy may repeat its node on every request. */
export function sameNode(a: NodeIdentity, b: NodeIdentity): boolean {
  return (
    a.id === b.id &&
    a.cluster === b.cluster &&
    a.ambassadorIds.length === b.ambassadorIds.length &&
    a.ambassadorIds.every((id, index) => id === b.ambassadorIds[index])
  );
}

/**
 * The node group: the first `ambassador_id` that names one, else `cluster` if it does, else `default`. A node that names groups
 * of which none exists (yet) belongs to the first it names, and is told nothing: a misspelt id must not get the definitions,
 * and the private keys, of `default`.
 */
export function groupOf(node: NodeIdentity, groups: { has(group: string): boolean }): string {
  const [first] = node.ambassadorIds;
  if (first !== undefined) return node.ambassadorIds.find((id) => groups.has(id)) ?? first;
  return groups.has(node.cluster) ? node.cluster : DEFAULT_GROUP;
}
