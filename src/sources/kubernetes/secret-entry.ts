import type { ApiObject } from './api-object';
import { type ObjectDocuments, objectDocuments } from './object-documents';
import { SECRETS } from './resource';

/** A Secret of the API: of one that no definition refers to, nothing is kept but that it is there. */
export interface SecretEntry {
  readonly namespace: string;
  readonly name: string;
  /** Another object of the same name has another one. */
  readonly uid: string;
  readonly resourceVersion: string;
  readonly kept?: ObjectDocuments;
}

/**
 * The entry of a Secret, with what it holds if that is wanted; the one before if the object is an older state of the same (Kubernetes,
 * "Resource versions"), as events and a single answer may be. Not so of a list: an etcd that was restored counts from an earlier version.
 */
export function secretEntry(
  object: ApiObject,
  before: SecretEntry | undefined,
  { isWanted, isListed }: { readonly isWanted: boolean; readonly isListed: boolean },
): SecretEntry {
  const { namespace = '', name, uid = '', resourceVersion = '' } = object.metadata;
  const isSame = before !== undefined && before.uid === uid;
  if (isSame && !isListed && isOlder(resourceVersion, before.resourceVersion)) return before;
  const own = { namespace, name, uid, resourceVersion };
  if (!isWanted) return isSame ? bare(before, resourceVersion) : own;
  const kept = objectDocuments(object, SECRETS, before?.kept);
  return isSame && before.kept === kept && before.resourceVersion === resourceVersion ? before : { ...own, kept };
}

/** Without what it holds. */
export function bare(entry: SecretEntry, resourceVersion = entry.resourceVersion): SecretEntry {
  const { namespace, name, uid } = entry;
  return entry.kept === undefined && entry.resourceVersion === resourceVersion
    ? entry
    : { namespace, name, uid, resourceVersion };
}

/** Versions are numbers that grow; anything else is never older. */
function isOlder(version: string, than: string): boolean {
  return /^\d+$/.test(version) && /^\d+$/.test(than) && BigInt(version) < BigInt(than);
}
