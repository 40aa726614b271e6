import type { HeaderMutation } from '../ir/route-configuration';
import type { EnvoyMessages } from '../protos';

type HeaderValueOption = EnvoyMessages['envoy.config.core.v3.HeaderValueOption'];

export function headerOptions(add: HeaderMutation['add']): HeaderValueOption[] {
  return add.map(({ name, value, append }) => ({
    header: { key: name, value },
    append_action: append ? 'APPEND_IF_EXISTS_OR_ADD' : 'OVERWRITE_IF_EXISTS_OR_ADD',
  }));
}
