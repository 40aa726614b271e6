import type { Converted } from './convert-v2';
import { isFields } from './problem';

/** A Host without an `acmeProvider` that asks for nothing: `authority: none`, in any case (Ambassador, "The Host CRD"). */
export function withoutIdleAcmeProvider(converted: Converted): Converted {
  const { spec } = converted;
  const provider = isFields(spec) ? spec['acmeProvider'] : undefined;
  if (!isFields(spec) || !isFields(provider)) return converted;
  const { authority } = provider;
  if (typeof authority !== 'string' || authority.toLowerCase() !== 'none') return converted;
  const { acmeProvider: _, ...rest } = spec;
  return { spec: rest, problems: converted.problems, toDocument: (path) => converted.toDocument(path) };
}
