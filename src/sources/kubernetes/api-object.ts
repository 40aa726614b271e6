/** An object of the Kubernetes API, as far as every kind has the same. */
export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** `namespace/name`. */
export function keyOfObject({ metadata: { namespace = '', name } }: ApiObject): string {
  return `${namespace}/${name}`;
}

/** Undefined if it has no name: then it is no object. */
export function readObject(value: unknown): ApiObject | undefined {
  if (typeof value !== 'object' || value === null || !('metadata' in value)) return undefined;
  const { metadata } = value;
  if (typeof metadata !== 'object' || metadata === null || !('name' in metadata)) return undefined;
  return typeof metadata.name === 'string' ? (value as ApiObject) : undefined;
}
