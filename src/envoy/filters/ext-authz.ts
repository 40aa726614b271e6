import type { ExtAuthz, HttpAuthorization } from '../../ir/http-services';
import type { RouteAuthorization } from '../../ir/route-configuration';
import { any, type EnvoyMessages } from '../../protos';
import { duration } from '../duration';
import { lazy } from '../memo';
import type { HttpFilter, HttpFilterOf } from './http-filter';

type Message<Name extends string> = EnvoyMessages[`envoy.extensions.filters.http.ext_authz.v3.${Name}` &
  keyof EnvoyMessages];
type Strings = EnvoyMessages['envoy.type.matcher.v3.ListStringMatcher'];

/** Also the name under which routes speak of it. */
export const EXT_AUTHZ = 'envoy.filters.http.ext_authz';

/** Asks the AuthService (Envoy, "External Authorization"). A service that cannot be asked refuses, unless told otherwise. */
export const extAuthz: HttpFilterOf = ({ services: { auth } }) =>
  auth?.type === 'closed' ? closed() : auth && asks(auth);

function asks(auth: ExtAuthz): HttpFilter {
  return {
    name: EXT_AUTHZ,
    typed_config: any('envoy.extensions.filters.http.ext_authz.v3.ExtAuthz', {
      transport_api_version: 'V3',
      ...(auth.protocol.type === 'grpc' ? grpcService(auth) : httpService(auth, auth.protocol)),
      // The service may add headers that Mappings match on.
      clear_route_cache: true,
      ...(auth.body !== undefined && {
        with_request_body: {
          max_request_bytes: auth.body.maxBytes,
          ...(auth.body.allowPartial && { allow_partial_message: true }),
        },
      }),
      ...(auth.failureModeAllow && { failure_mode_allow: true }),
      ...(auth.statusOnError !== undefined && { status_on_error: { code: auth.statusOnError as never } }),
    }),
  };
}

/** Disabled, and denying while it is: nobody is asked, so that the service is only there because Envoy wants one. */
const closed = lazy<HttpFilter>(() => ({
  name: EXT_AUTHZ,
  typed_config: any('envoy.extensions.filters.http.ext_authz.v3.ExtAuthz', {
    transport_api_version: 'V3',
    http_service: { server_uri: { uri: 'http://closed', cluster: 'closed', timeout: duration(1000) } },
    filter_enabled: { default_value: { numerator: 0 } },
    deny_at_disable: { default_value: { value: true }, runtime_key: 'countersign.ext_authz.closed' },
    status_on_error: { code: 'ServiceUnavailable' },
  }),
}));

const bypass = lazy(() => any('envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute', { disabled: true }));

/** What a route says of it. */
export function extAuthzPerRoute(authorization: RouteAuthorization) {
  if (authorization.type === 'bypass') return bypass();
  return any('envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute', {
    check_settings: { context_extensions: { ...authorization.contextExtensions } },
  });
}

function grpcService({ cluster, timeoutMs }: ExtAuthz): Message<'ExtAuthz'> {
  return { grpc_service: { envoy_grpc: { cluster_name: cluster }, timeout: duration(timeoutMs) } };
}

function httpService({ cluster, timeoutMs }: ExtAuthz, http: HttpAuthorization): Message<'ExtAuthz'> {
  const answers = names(http.answerHeaders);
  return {
    allowed_headers: names(http.requestHeaders),
    http_service: {
      server_uri: { uri: http.uri, cluster, timeout: duration(timeoutMs) },
      ...(http.pathPrefix !== undefined && { path_prefix: http.pathPrefix }),
      ...(http.addedHeaders.length > 0 && {
        authorization_request: {
          headers_to_add: http.addedHeaders.map(({ name, value }) => ({ key: name, value })),
        },
      }),
      authorization_response: { allowed_upstream_headers: answers, allowed_client_headers: answers },
    },
  };
}

function names(list: readonly string[]): Strings {
  return { patterns: list.map((name) => ({ exact: name, ignore_case: true })) };
}
