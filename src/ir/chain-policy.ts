import type { Specs } from '../model/kinds';
import type { ListenerStack } from '../resolution/listener-stack';

/** How a filter chain tells secure requests from insecure ones, and whether it carries the latter. */
export interface ChainPolicy {
  /** `by_header`: where a trusted proxy says `X-Forwarded-Proto: https`. */
  readonly secure: 'always' | 'by_header' | 'never';
  /** Requests that are not secure get the Host’s `requestPolicy.insecure.action`. */
  readonly insecure: boolean;
}

/** The policy of the TLS filter chains of a Listener (Ambassador, "Listener: securityModel"). */
export function tlsChainPolicy({ securityModel, l7Depth = 0 }: Specs['Listener']): ChainPolicy {
  switch (securityModel) {
    case 'SECURE':
      return { secure: 'always', insecure: false };
    case 'INSECURE':
      return { secure: 'never', insecure: true };
    case 'XFP':
      return l7Depth > 0 ? { secure: 'by_header', insecure: true } : { secure: 'always', insecure: false };
  }
}

/**
 * The policy of the cleartext filter chain; undefined where there is none. On a Listener with TLS, cleartext is never secure,
 * whatever X-Forwarded-Proto says, and a SECURE one does not take it at all: Ambassador routes it there as secure. On a
 * Listener without TLS, the operator vouches for what stands before it: wholly (SECURE), or by header behind `l7Depth` proxies.
 */
export function cleartextChainPolicy(
  { securityModel, l7Depth = 0 }: Specs['Listener'],
  stack: ListenerStack,
): ChainPolicy | undefined {
  switch (securityModel) {
    case 'SECURE':
      return stack.tls ? undefined : { secure: 'always', insecure: false };
    case 'INSECURE':
      return { secure: 'never', insecure: true };
    case 'XFP':
      return { secure: !stack.tls && l7Depth > 0 ? 'by_header' : 'never', insecure: true };
  }
}
