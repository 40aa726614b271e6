import type { HttpAction } from '../../ir/listener';
import { any } from '../../protos';
import type { HttpFilter } from './http-filter';

/** `lua_scripts` (Envoy, "Lua"). Envoy runs the script once when it is loaded, and its functions at each request. */
export function lua({ options }: HttpAction): HttpFilter | undefined {
  const { lua: script } = options.filters;
  if (script === undefined) return undefined;
  return {
    name: 'envoy.filters.http.lua',
    typed_config: any('envoy.extensions.filters.http.lua.v3.Lua', { default_source_code: { inline_string: script } }),
  };
}
