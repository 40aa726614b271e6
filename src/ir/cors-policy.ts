import type { Definition } from '../model/definition';
import { type MappingGroup, ownOrShared } from '../resolution/mapping-group';
import type { ModuleConfig } from '../resolution/module';
import type { CorsPolicy, VirtualHost } from './route-configuration';
import { routeFacts } from './route-facts';

/** A Mapping’s `cors`, else its group’s, else the Module’s. */
export function corsPolicy(
  mapping: Definition<'Mapping'>,
  group: MappingGroup | undefined,
  module: ModuleConfig,
): CorsPolicy | undefined {
  const cors = ownOrShared(mapping, group, 'cors') ?? module.cors;
  if (cors === undefined) return undefined;
  return {
    origins: cors.origins ?? [],
    methods: cors.methods ?? [],
    headers: cors.headers ?? [],
    exposedHeaders: cors.exposed_headers ?? [],
    credentials: cors.credentials === true,
    ...(cors.max_age !== undefined && { maxAge: cors.max_age }),
  };
}

/** Whether the filter chain of these virtual hosts needs the filter. */
export function usesCors(virtualHosts: readonly VirtualHost[]): boolean {
  return virtualHosts.some(({ routes }) => routeFacts(routes).cors);
}
