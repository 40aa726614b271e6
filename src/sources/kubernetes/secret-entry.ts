import type { ApiObject } from './api-object';
import { type ObjectDocuments, objectDocuments } from './object-documents';
import { SECRETS } from './resource';

/** A Secret of the API: of one that no definition refers to, nothing is kept but that it is there. */
export interface SecretEntry {
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly kept?: ObjectDocuments;
}

/** The entry of a Secret, with what it holds if that is wanted; the one before if the object is older (Kubernetes, "Resource versions"). */
export function secretEntry(object: ApiObject, before: SecretEntry | undefined, isWanted: boolean): SecretEntry {
  const { namespace = '', name, resourceVersion = '' } = object.metadata;
  if (before !== undefined && isOlder(resourceVersion, before.resourceVersion)) return before;
  if (!isWanted) return bare(before ?? { namespace, name, resourceVersion }, resourceVersion);
  const kept = objectDocuments(object, SECRETS, before?.kept);
  return before?.kept === kept && before.resourceVersion === resourceVersion
    ? before
    : { namespace, name, resourceVersion, kept };
}

/** Without what it holds. */
export function bare(entry: SecretEntry, resourceVersion = entry.resourceVersion): SecretEntry {
  const { namespace, name } = entry;
  return entry.kept === undefined && entry.resourceVersion === resourceVersion
    ? entry
    : { namespace, name, resourceVersion };
}

/** Versions are numbers that grow; anything else is never older. */
function isOlder(version: string, than: string): boolean {
  return /^\d+$/.test(version) && /^\d+$/.test(than) && BigInt(version) < BigInt(than);
}
