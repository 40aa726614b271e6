import type { AddressRule } from '../../ir/address-rule';
import type { HttpAction } from '../../ir/listener';
import { any, type EnvoyMessages } from '../../protos';
import { memoised } from '../memo';
import type { HttpFilter } from './http-filter';

type Principal = EnvoyMessages['envoy.config.rbac.v3.Principal'];

/** `ip_allow` and `ip_deny`: what is not let in gets 403 (Envoy, "Role Based Access Control Filter"). */
export function rbac({ options }: HttpAction): HttpFilter | undefined {
  const { addressRule } = options.filters;
  return addressRule && build(addressRule);
}

const build = memoised(({ action, addresses }: AddressRule): HttpFilter => {
  const principals = addresses.map(({ of, address, prefixLength }): Principal => {
    const range = { address_prefix: address, prefix_len: { value: prefixLength } };
    return of === 'peer' ? { direct_remote_ip: range } : { remote_ip: range };
  });
  const policies = { [`ip-${action}`]: { permissions: [{ any: true }], principals } };
  return {
    name: 'envoy.filters.http.rbac',
    typed_config: any('envoy.extensions.filters.http.rbac.v3.RBAC', {
      rules: { action: action === 'allow' ? 'ALLOW' : 'DENY', policies },
    }),
  };
});
