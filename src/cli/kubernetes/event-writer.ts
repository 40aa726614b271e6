import { createHash } from 'node:crypto';
import type { Diagnostic } from '../../diagnostics/diagnostic';
import { type Api, ApiError } from '../../sources/kubernetes/api';
import { RESOURCES, SECRETS } from '../../sources/kubernetes/resource';

/** Events in a row; what comes beyond is in the statuses and in the log. */
const MOST_AT_ONCE = 50;
/** A message has at most 1024 characters (Kubernetes, events.v1). */
const LONGEST = 1000;
/** A certificate that is about to expire is a warning, and worth an event. */
const EXPIRY = 'CS2013';

/** Tells findings that came up as Kubernetes Events about the objects that they are about: errors, and what expires soon. */
export class EventWriter {
  readonly #api: Api;
  readonly #identity: string;
  readonly #now: () => Date;
  readonly #onTrouble: (error: unknown) => void;

  constructor(api: Api, identity: string, now: () => Date, onTrouble: (error: unknown) => void) {
    this.#api = api;
    this.#identity = identity;
    this.#now = now;
    this.#onTrouble = onTrouble;
  }

  async tell(raised: readonly Diagnostic[]): Promise<void> {
    const worth = raised.filter(({ severity, code }) => severity === 'error' || code === EXPIRY).slice(0, MOST_AT_ONCE);
    for (const finding of worth) {
      try {
        await this.#write(finding);
      } catch (error) {
        this.#onTrouble(error);
        // A namespace that is going takes none, or somebody allows none there: others may.
        if (!(error instanceof ApiError && [403, 404, 422].includes(error.status))) return;
      }
    }
  }

  /** The same finding of the same object is one Event, whichever replica tells it and however often. */
  async #write({ code, message, fix, subject, location }: Diagnostic): Promise<void> {
    const resource = [...RESOURCES, SECRETS].find(({ kind }) => kind === subject?.kind);
    if (subject === undefined || resource === undefined || location?.file.startsWith('kubernetes:') !== true) return;
    const { namespace, name } = subject;
    const now = this.#now().toISOString();
    const id = createHash('sha256')
      .update(JSON.stringify([subject.kind, code, message]))
      .digest('hex')
      .slice(0, 16);
    const path = `/api/v1/namespaces/${namespace}/events`;
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name.slice(0, 200)}.${id}`, namespace },
      involvedObject: { apiVersion: resource.apiVersion, kind: subject.kind, namespace, name },
      type: 'Warning',
      reason: code,
      message: `${message}; fix: ${fix}`.slice(0, LONGEST),
      source: { component: 'countersign', host: this.#identity },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    try {
      await this.#api.json({ method: 'POST', path, body: event });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      const again = { path: `${path}/${event.metadata.name}`, contentType: 'application/merge-patch+json' };
      await this.#api.json({ method: 'PATCH', ...again, body: { lastTimestamp: now } });
    }
  }
}
