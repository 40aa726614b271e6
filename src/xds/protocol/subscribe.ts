import type { IncrementalSubscription } from './incremental-subscription';
import type { DeltaRequest, SotwRequest } from './request';
import type { Subscription } from './subscription';

const WILDCARD = '*';

/** Names that the client no longer wants, or undefined if the request changes nothing. */
export type Unsubscribed = readonly string[] | undefined;

/**
 * Takes over what a SotW request wants: it lists all names each time. For CDS and LDS, naming nothing means everything,
 * until the first explicit name (Envoy, "How the client specifies what resources to return").
 */
export function subscribeSotw(subscription: Subscription, request: SotwRequest, first: boolean): Unsubscribed {
  const { interest, type } = subscription;
  const explicitWildcard = request.names.includes(WILDCARD);
  if (request.names.length > 0) interest.explicit = true;
  const legacyWildcard = !interest.explicit && (type === 'clusters' || type === 'listeners');
  const wildcard = explicitWildcard || legacyWildcard;
  if (!explicitWildcard && wildcard === interest.wildcard) {
    if (!first && interest.equals(request.names)) return undefined;
    if (first && subscription.subscribeAll(request.names)) return [];
  }
  const wanted = new Set(request.names);
  wanted.delete(WILDCARD);
  const fresh = [...wanted].filter((name) => !interest.has(name));
  const gone = [...interest.names()].filter((name) => !wanted.has(name));
  if (!first && fresh.length === 0 && gone.length === 0 && wildcard === interest.wildcard) return undefined;

  if (wildcard !== interest.wildcard) {
    interest.wildcard = wildcard;
    subscription.reconcile();
  }
  for (const name of fresh) subscription.subscribe(name, false);
  for (const name of gone) subscription.unsubscribe(name);
  return gone;
}

/** Takes over what a delta request wants: it lists changes only. `*` is given up only by unsubscribing from it. */
export function subscribeDelta(
  subscription: IncrementalSubscription,
  request: DeltaRequest,
  first: boolean,
): Unsubscribed {
  const { interest, type } = subscription;
  const news = request.subscribe.length > 0 || request.unsubscribe.length > 0;
  if (request.unsubscribe.length === 0 && request.initialVersions.size === 0 && !interest.wildcard)
    if (subscription.subscribeAll(request.subscribe)) return [];
  const names = new Set(request.subscribe);
  const explicitWildcard = names.delete(WILDCARD);
  const legacyWildcard = first && request.subscribe.length === 0 && (type === 'clusters' || type === 'listeners');
  const wildcard = (explicitWildcard || legacyWildcard) && !interest.wildcard;
  if (wildcard) {
    interest.wildcard = true;
    subscription.reconcile();
    if (request.initialVersions.size === 0) subscription.answerAlways();
  }
  for (const name of names) subscription.subscribe(name, first && request.initialVersions.has(name));
  for (const name of request.unsubscribe) {
    if (name === WILDCARD) subscription.unsubscribeWildcard();
    else subscription.unsubscribe(name);
  }
  return wildcard || news ? request.unsubscribe : undefined;
}

/**
 * Takes over what a SotW request that has not seen the newest response no longer wants. What it adds is left to the request that
 * has; but a name that is given up and taken again in between must be known to be new, since the client has forgotten it.
 */
export function unsubscribeSotw(subscription: Subscription, { names }: SotwRequest): Unsubscribed {
  const { interest } = subscription;
  if ((names.length === 0 && !interest.explicit) || interest.equals(names)) return undefined;
  const wanted = new Set(names);
  const gone = [...interest.names()].filter((name) => !wanted.has(name));
  for (const name of gone) subscription.unsubscribe(name);
  return gone.length > 0 ? gone : undefined;
}
