import { invariant } from '../diagnostics/invariant';
import { type AddressRange, parseAddressRange } from '../resolution/address-range';
import type { ModuleConfig } from '../resolution/module';

/** Whom to let in by address (`ip_allow`), or whom not (`ip_deny`); others get 403. */
export interface AddressRule {
  readonly action: 'allow' | 'deny';
  /** `peer`: the address of the connection. `remote`: that of the client, which trusted proxies may name. */
  readonly addresses: readonly (AddressRange & { readonly of: 'peer' | 'remote' })[];
}

/** Undefined where everybody is let in. Validation has refused a Module with both lists, and addresses that can't be read. */
export function addressRule({ ip_allow: allow, ip_deny: deny }: ModuleConfig): AddressRule | undefined {
  const entries = allow ?? deny;
  if (entries === undefined) return undefined;
  const addresses = entries.map(({ peer, remote }) => {
    const range = parseAddressRange(peer ?? remote ?? '');
    invariant(range !== undefined, 'an address of ip_allow or ip_deny that validation has passed');
    return { ...range, of: peer === undefined ? ('remote' as const) : ('peer' as const) };
  });
  return { action: allow === undefined ? 'deny' : 'allow', addresses };
}
