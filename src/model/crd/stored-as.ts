/**
 * Versions that Emissary's CRDs have and ours do not serve. They stay listed, for the API server refuses a CRD that lacks a version in
 * which objects may be stored (`status.storedVersions`).
 */
export const OLDER_VERSIONS: readonly string[] = ['v2', 'v1'];

/**
 * Field at the root of an object that says in which of the older versions its spec is written. Nobody writes it: it is a default of
 * those versions' schemas, and the API server fills in the defaults of the version in which it finds an object stored before it calls
 * it another version (Kubernetes, "Defaulting"). So Emissary's v2 objects are known as such, without a conversion webhook.
 */
export const STORED_AS = 'storedAs';
