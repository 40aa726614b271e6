import type { Definition } from '../model/definition';
import type { ModuleConfig } from '../resolution/module';
import type { Upstream } from '../resolution/upstream';
import type { ExtAuthz, HttpAuthorization } from './http-services';

/** Ambassador's default, in milliseconds. */
const TIMEOUT_MS = 5000;
/** What `allow_request_body` stands for. */
const BODY = { maxBytes: 4096, allowPartial: true } as const;

/** What Ambassador always tells an HTTP service, and always passes on of its answer (its reference, "Authentication service"). */
const REQUEST_HEADERS: readonly string[] = [
  'authorization',
  'cookie',
  'from',
  'proxy-authorization',
  'user-agent',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
];
const ANSWER_HEADERS: readonly string[] = [
  'authorization',
  'location',
  'proxy-authenticate',
  'set-cookie',
  'www-authenticate',
];

export function extAuthz(
  { spec }: Definition<'AuthService'>,
  cluster: string,
  upstream: Upstream,
  module: ModuleConfig,
): ExtAuthz {
  const { include_body, status_on_error } = spec;
  const body =
    include_body === undefined
      ? spec.allow_request_body === true && BODY
      : { maxBytes: include_body.max_bytes, allowPartial: include_body.allow_partial };
  return {
    type: 'asks',
    cluster,
    timeoutMs: spec.timeout_ms ?? TIMEOUT_MS,
    protocol: spec.proto === 'grpc' ? { type: 'grpc' } : httpAuthorization(spec, upstream, module),
    ...(body !== false && { body }),
    failureModeAllow: spec.failure_mode_allow === true,
    ...(status_on_error?.code !== undefined && { statusOnError: status_on_error.code }),
  };
}

function httpAuthorization(
  spec: Definition<'AuthService'>['spec'],
  { host, port, tls }: Upstream,
  module: ModuleConfig,
): HttpAuthorization {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const linkerd = spec.add_linkerd_headers ?? module.add_linkerd_headers;
  const added = Object.entries(spec.add_auth_headers ?? {}).map(([name, value]) => ({ name, value }));
  return {
    type: 'http',
    uri: `${tls ? 'https' : 'http'}://${authority}`,
    ...(spec.path_prefix !== undefined && spec.path_prefix !== '' && { pathPrefix: spec.path_prefix }),
    requestHeaders: names(REQUEST_HEADERS, spec.allowed_request_headers),
    answerHeaders: names(ANSWER_HEADERS, spec.allowed_authorization_headers),
    addedHeaders: [
      ...added.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      ...(linkerd === true ? [{ name: 'l5d-dst-override', value: authority }] : []),
    ],
  };
}

function names(always: readonly string[], more: readonly string[] = []): readonly string[] {
  return [...new Set([...always, ...more.map((name) => name.toLowerCase())])].sort();
}
