import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, labelSelector, oneOf, strictObject } from './kind-model';

const schema = strictObject(
  {
    ambassador_id: Type.Optional(ambassadorId),
    port: Type.Integer({ minimum: 1, maximum: 65535, description: 'TCP port to listen on.' }),
    protocol: Type.Optional(
      oneOf(
        ['HTTP', 'HTTPS', 'HTTPPROXY', 'HTTPSPROXY'],
        'Shorthand for a protocol stack; `protocolStack` wins over it.',
      ),
    ),
    protocolStack: Type.Optional(
      Type.Array(oneOf(['HTTP', 'PROXY', 'TLS', 'TCP'], 'One layer.'), {
        minItems: 1,
        description: 'The protocol layers from the outermost to the transport, such as `[TLS, HTTP, TCP]`.',
      }),
    ),
    securityModel: oneOf(
      ['XFP', 'SECURE', 'INSECURE'],
      'How secure requests are told from insecure ones: by X-Forwarded-Proto, always, never.',
    ),
    hostBinding: strictObject(
      {
        namespace: Type.Optional(
          strictObject(
            { from: Type.Optional(oneOf(['SELF', 'ALL'], "The Listener's own namespace, or every namespace.")) },
            { description: 'Which namespaces Hosts are taken from.' },
          ),
        ),
        selector: Type.Optional(labelSelector('Which Hosts are taken, by their labels.')),
      },
      { description: 'Which Hosts the Listener serves; both conditions must hold.' },
    ),
    l7Depth: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 255,
        description: 'How many trusted layer-7 proxies stand before this Listener.',
      }),
    ),
    statsPrefix: Type.Optional(Type.String({ minLength: 1, description: "Prefix of the Listener's statistics." })),
  },
  { anyOf: [{ required: ['protocol'] }, { required: ['protocolStack'] }] },
);

/** `Listener.spec`; see Ambassador's reference, "The Listener CRD". */
export type ListenerSpec = Immutable<Static<typeof schema>>;

const RAW = { severity: 'error', effect: 'only HTTP is served, with or without TLS and PROXY' } as const;

export const listener = {
  about: 'A port that Envoy listens on, and which Hosts it serves.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {
    'protocol=TCP': RAW,
    'protocol=TLS': RAW,
    'protocol=UDP': RAW,
    'protocolStack.*=UDP': RAW,
    'hostBinding.selector.matchExpressions': {
      severity: 'error',
      effect: 'only matchLabels is understood, so other Hosts would be served',
    },
    http2MaxConcurrentStreams: { severity: 'warning', effect: "Envoy's default number of streams applies" },
  },
} as const satisfies KindModel<typeof schema>;
