import { decode } from '../model/decode';
import { Definitions } from '../model/definitions';
import type { Document } from '../model/document';
import { secretReferences } from '../resolution/secret-references';
import { expand } from './expand';

/** `namespace/name` of every Secret that these definitions name, in any node group, whether or not all else about them is right. */
export function referencedSecrets(documents: readonly Document[]): ReadonlySet<string> {
  const decoded = expand(documents.map(decode), new Map(), { classes: true });
  const all = Definitions.from(decoded.flatMap(({ definition }) => definition ?? []));
  return new Set(
    all
      .groups()
      .flatMap((group) => secretReferences(all.forGroup(group)))
      .map(({ reference: { namespace, name } }) => `${namespace}/${name}`),
  );
}
