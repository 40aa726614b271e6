import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, labelSelector, oneOf, strictObject } from './kind-model';

const schema = strictObject(
  {
    ambassador_id: Type.Optional(ambassadorId),
    port: Type.Integer({
      minimum: 1,
      maximum: 65535,
      description: 'Port to listen on, of every address. TCP and UDP have ports of their own.',
      'x-envoy': 'listener.address',
    }),
    protocol: Type.Optional(
      oneOf(
        ['HTTP', 'HTTPS', 'HTTPPROXY', 'HTTPSPROXY', 'TCP', 'TLS'],
        'Shorthand for a protocol stack; `protocolStack` wins over it.',
        { 'x-envoy': 'listener.listener_filters' },
      ),
    ),
    protocolStack: Type.Optional(
      Type.Array(oneOf(['HTTP', 'PROXY', 'TLS', 'TCP', 'UDP'], 'One layer.'), {
        minItems: 1,
        description:
          'The protocol layers, ending with the transport, such as `[TLS, HTTP, TCP]`. `[TLS, HTTP, UDP]` is HTTP/3.',
        'x-envoy': 'listener.listener_filters, listener.udp_listener_config.quic_options',
        'x-ambassador':
          'Better: a PROXY header is expected before the ClientHello wherever PROXY stands in the list. HTTP/3 needs TLS in the list, and serves no Host that verifies client certificates.',
      }),
    ),
    securityModel: oneOf(
      ['XFP', 'SECURE', 'INSECURE'],
      'How secure requests are told from insecure ones: by X-Forwarded-Proto, always, never.',
      {
        'x-envoy': 'listener.filter_chains, route.match.headers (x-forwarded-proto)',
        'x-ambassador':
          'Better: on a Listener with TLS, cleartext is never secure: SECURE does not take it at all, and XFP believes no X-Forwarded-Proto that came in cleartext.',
      },
    ),
    hostBinding: strictObject(
      {
        namespace: Type.Optional(
          strictObject(
            {
              from: Type.Optional(
                oneOf(['SELF', 'ALL'], "The Listener's own namespace, or every namespace.", {
                  'x-selects': 'Hosts, by their namespace',
                }),
              ),
            },
            { description: 'Which namespaces Hosts are taken from.' },
          ),
        ),
        selector: Type.Optional(labelSelector('Which Hosts are taken, by their labels.')),
      },
      {
        description: 'Which Hosts the Listener serves; both conditions must hold.',
        'x-envoy': 'listener.filter_chains, virtual_hosts',
      },
    ),
    l7Depth: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 255,
        default: 0,
        description: 'How many trusted layer-7 proxies stand before this Listener.',
        'x-envoy': 'http_connection_manager.xff_num_trusted_hops',
      }),
    ),
    statsPrefix: Type.Optional(
      Type.String({
        minLength: 1,
        description: "Prefix of the Listener's statistics; `ingress_https` with TLS, else `ingress_http`.",
        'x-envoy': 'http_connection_manager.stat_prefix',
      }),
    ),
    http2MaxConcurrentStreams: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2_147_483_647,
        default: 100,
        description: 'How many streams a client may have open at once on one HTTP/2 connection.',
        'x-envoy': 'http_connection_manager.http2_protocol_options.max_concurrent_streams',
        'x-ambassador': 'Without it, Ambassador leaves the limit to Envoy.',
      }),
    ),
  },
  { anyOf: [{ required: ['protocol'] }, { required: ['protocolStack'] }] },
);

/** `Listener.spec`; see Ambassador's reference, "The Listener CRD". */
export type ListenerSpec = Immutable<Static<typeof schema>>;

export const listener = {
  about: 'A port that Envoy listens on, and which Hosts it serves.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {
    'protocol=UDP': { severity: 'error', effect: 'Ambassador refuses it too; write protocolStack: [TLS, HTTP, UDP]' },
    'hostBinding.selector.matchExpressions': {
      severity: 'error',
      effect: 'only matchLabels is understood, so other Hosts would be served',
    },
  },
} as const satisfies KindModel<typeof schema>;
