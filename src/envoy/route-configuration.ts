import type { RouteConfiguration as Input, VirtualHost } from '../ir/route-configuration';
import type { EnvoyMessages } from '../protos';
import { partsOf } from '../ir/route-list';
import { memoised } from './memo';
import { type Route, route } from './route';

export type RouteConfiguration = EnvoyMessages['envoy.config.route.v3.RouteConfiguration'];

const memoisedRoute = memoised(route);
const memoisedRoutes = memoised((routes: VirtualHost['routes']) => routes.map(memoisedRoute));
const memoisedVirtualHost = memoised(virtualHost);

export function routeConfiguration({ name, ignorePort, virtualHosts }: Input): RouteConfiguration {
  return {
    name,
    virtual_hosts: virtualHosts.map(memoisedVirtualHost),
    ...(ignorePort && { ignore_port_in_host_matching: true }),
  };
}

function virtualHost({ name, domains, routes }: VirtualHost): EnvoyMessages['envoy.config.route.v3.VirtualHost'] {
  return { name, domains: [...domains], routes: ([] as Route[]).concat(...partsOf(routes).map(memoisedRoutes)) };
}
