import { Type } from '@sinclair/typebox';
import type { Unsupported } from './kind-model';

/** RFC 9110 §5.1, with the leading colon of HTTP/2's pseudo-headers. */
const HEADER_NAME = "^:?[A-Za-z0-9!#$%&'*+.^_`|~-]+$";

/** What AuthService, RateLimitService, LogService and TracingService have in common. */
export const statsName = Type.Optional(
  Type.String({
    description: "Name of the service in Envoy's statistics; default: made of its host and port.",
    'x-envoy': 'Cluster.alt_stat_name',
  }),
);

export const upstreamTls = (difference?: string) =>
  Type.Optional(
    Type.String({
      description: 'Name of the TLSContext that TLS to the service uses.',
      'x-envoy': 'Cluster.transport_socket',
      ...(difference !== undefined && { 'x-ambassador': difference }),
    }),
  );

/** A whole number of milliseconds, of which Envoy takes more than none. */
export const milliseconds = (description: string, usual: number, envoy: string) =>
  Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      default: usual,
      description: `${description} In milliseconds.`,
      'x-envoy': envoy,
    }),
  );

export const headerName = (description: string, envoy?: string) =>
  Type.String({
    pattern: HEADER_NAME,
    maxLength: 256,
    description,
    ...(envoy !== undefined && { 'x-envoy': envoy }),
  });

export const headerNames = (description: string, envoy: string) =>
  Type.Optional(Type.Array(headerName('a header name'), { description, 'x-envoy': envoy }));

/** Envoy 1.18 dropped version 2 of its protocols. */
export const OLD_PROTOCOL: Unsupported = {
  severity: 'error',
  effect: 'Envoy speaks v3 only, so the service would not understand it; Ambassador refuses it too',
  fix: 'write protocol_version: v3, and serve that version',
};
