import type { RouteConfiguration as Input, VirtualHost } from '../ir/route-configuration';
import { type EnvoyMessages, joinMessages } from '../protos';
import { partsOf } from '../ir/route-list';
import { memoised } from './memo';
import { route } from './route';

export type RouteConfiguration = EnvoyMessages['envoy.config.route.v3.RouteConfiguration'];

/** By part of a list, which is few objects to remember, and as the codec remembers their bytes. */
const memoisedRoutes = memoised((routes: VirtualHost['routes']) => routes.map(route));
const memoisedVirtualHost = memoised(virtualHost);

export function routeConfiguration({ name, ignorePort, virtualHosts }: Input): RouteConfiguration {
  return {
    name,
    virtual_hosts: virtualHosts.map(memoisedVirtualHost),
    ...(ignorePort && { ignore_port_in_host_matching: true }),
  };
}

function virtualHost({ name, domains, routes }: VirtualHost): EnvoyMessages['envoy.config.route.v3.VirtualHost'] {
  return { name, domains: [...domains], routes: joinMessages(partsOf(routes).map(memoisedRoutes)) };
}
