import { type ApiObject, readObject } from './api-object';

/** One line of a watch (Kubernetes, "Efficient detection of changes"). */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: ApiObject }
  /** Everything up to this version has been told. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }
  /** 410: the version is too old to go on from. */
  | { readonly type: 'ERROR'; readonly code: number; readonly message: string };

/** Undefined for what is of no type that is known. @throws SyntaxError for what is no JSON, such as a line that was cut. */
export function readWatchEvent(line: string): WatchEvent | undefined {
  const { type, object } = JSON.parse(line) as { readonly type?: unknown; readonly object?: unknown };
  if (type === 'ERROR') {
    const { code = 0, message = '' } = (object ?? {}) as { readonly code?: number; readonly message?: string };
    return { type, code, message };
  }
  if (type === 'BOOKMARK') {
    const { resourceVersion } = ((object ?? {}) as Partial<ApiObject>).metadata ?? {};
    return resourceVersion === undefined ? undefined : { type, resourceVersion };
  }
  const found = readObject(object);
  return found !== undefined && (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED')
    ? { type, object: found }
    : undefined;
}
