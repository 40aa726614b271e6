/** Which Secret a reference means: never a joined string, so that a dot in a name can't be taken for a namespace twice. */
export interface SecretReference {
  readonly namespace: string;
  readonly name: string;
}

/** Where a reference is written, and whether dots in it separate a namespace. */
export interface ReferenceScope {
  /** Namespace of the definition that holds the reference. */
  readonly namespace: string;
  /** `secret_namespacing` of the TLSContext, else the Module's `defaults.tls_secret_namespacing`, else true. */
  readonly namespacing: boolean;
}

/**
 * Reads `name` or `name.namespace`, split at the last dot (`a.b.ns` is Secret `a.b` in `ns`). Without namespacing, or
 * where the dot leaves one side empty, dots belong to the name.
 */
export function resolveSecretReference(reference: string, scope: ReferenceScope): SecretReference {
  const dot = scope.namespacing ? reference.lastIndexOf('.') : -1;
  if (dot <= 0 || dot === reference.length - 1) return { namespace: scope.namespace, name: reference };
  return { namespace: reference.slice(dot + 1), name: reference.slice(0, dot) };
}
