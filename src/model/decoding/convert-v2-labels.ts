import { isFields } from './problem';

/** Labels that Envoy takes from the request itself, which v2 names by a bare word. */
const BARE = ['source_cluster', 'destination_cluster', 'remote_address'];

/**
 * Converts the rate-limit labels of a v2 Mapping (domain → list of groups → list of specifiers) to the explicit specifiers of
 * v3alpha1. What it does not know is left as it is, for the schema to refuse.
 */
export function convertLabels(domains: unknown): unknown {
  return mapFields(domains, (groups) =>
    mapItems(groups, (group) => mapFields(group, (specifiers) => mapItems(specifiers, convertSpecifier))),
  );
}

/** Converts the `default_labels` of a v2 Module: domain → `defaults` → list of specifiers. */
export function convertDefaultLabels(domains: unknown): unknown {
  return mapFields(domains, (groups) => mapFields(groups, (specifiers) => mapItems(specifiers, convertSpecifier)));
}

/** One specifier; itself if it is none of v2. */
export function convertSpecifier(specifier: unknown): unknown {
  if (typeof specifier === 'string')
    return BARE.includes(specifier) ? { [specifier]: { key: specifier } } : { generic_key: { value: specifier } };
  if (!isFields(specifier)) return specifier;
  const { generic_key: generic, v3Key, ...more } = specifier;
  if (typeof generic === 'string' && Object.keys(more).length === 0)
    return { generic_key: { ...(v3Key !== undefined && { key: v3Key }), value: generic } };
  const [entry, ...others] = Object.entries(specifier);
  if (entry === undefined || others.length > 0) return specifier;
  const [key, value] = entry;
  if (!isFields(value) || !Object.hasOwn(value, 'header')) return specifier;
  const { header, ...rest } = value;
  return { request_headers: { key, header_name: header, ...rest } };
}

function mapItems(value: unknown, convert: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(convert) : value;
}

function mapFields(value: unknown, convert: (item: unknown) => unknown): unknown {
  return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(item)])) : value;
}
