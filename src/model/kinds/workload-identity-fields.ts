import { type TSchema, Type } from '@sinclair/typebox';
import { oneOf, strictObject } from './kind-model';

const CERTIFICATE = 'common_tls_context.tls_certificate_sds_secret_configs';
const ROOTS = 'common_tls_context.combined_validation_context.validation_context_sds_secret_config';
const SANS = 'common_tls_context.combined_validation_context.default_validation_context.match_typed_subject_alt_names';

const sds = (server: string) =>
  Type.String({
    minLength: 1,
    description: `Where ${server} answers: \`unix://\` and the absolute path of its socket on the machine of Envoy, which fetches its certificate and the roots there itself. No key passes through the control plane.`,
    'x-envoy': `${CERTIFICATE}.sds_config and ${ROOTS}.sds_config: api_config_source.grpc_services.google_grpc.target_uri`,
  });

const trustDomain = {
  minLength: 1,
  description: 'The trust domain of the upstreams, without a scheme, such as `cluster.local`.',
} as const;

const istio = strictObject(
  {
    sds: sds("istio-agent's SDS server"),
    trust_domain: Type.Optional(
      Type.String({
        ...trustDomain,
        default: 'cluster.local',
        'x-envoy': `${SANS}: \`spiffe://<trust domain>/ns/<namespace>/sa/<ServiceAccount>\` of each ServiceAccount of the destination's Pods`,
      }),
    ),
    mode: Type.Optional(
      oneOf(
        ['strict', 'auto'],
        'Whom TLS is spoken with: every endpoint, or all but those whose Pod is known and lacks the label `security.istio.io/tlsMode: istio`, which get plain text. For `auto`, the endpoints must come from a KubernetesEndpointResolver.',
        {
          default: 'strict',
          'x-envoy':
            'cluster.transport_socket_matches, and `envoy.transport_socket_match` in the metadata of endpoints',
        },
      ),
    ),
  },
  {
    description:
      'Mutual TLS with workloads of an Istio mesh, upstream only: certificate `default` and roots `ROOTCA` come from the SDS socket of istio-agent. Without `verify`, the upstream must be one of the ServiceAccounts of its Pods; without `sni`, the server name is `outbound_.<port>_._.<service>.<namespace>.svc.cluster.local`; without `alpn_protocols`, they are `istio`.',
    'x-ambassador': 'Addition: Ambassador knows only the files that istio-agent writes, and verifies nothing.',
  },
);

const spiffe = strictObject(
  {
    sds: sds('the SDS server, such as SPIRE Agent,'),
    trust_domain: Type.String({
      ...trustDomain,
      'x-envoy': `${ROOTS}.name: \`spiffe://<trust domain>\`; without \`verify\` ${SANS}: prefix \`spiffe://<trust domain>/\``,
    }),
    id: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Our own SPIFFE ID, where the SDS server has several certificates for Envoy. Otherwise it is asked for `default`.',
        'x-envoy': `${CERTIFICATE}.name`,
      }),
    ),
  },
  {
    description:
      'Mutual TLS with workloads of a SPIFFE trust domain, upstream only: certificate and roots come from an SDS server by the names that SPIRE has for them. Say whom to expect with `verify.spiffe_id`.',
    'x-ambassador': 'Addition: Ambassador knows no SPIFFE.',
  },
);

/** Fields of a TLSContext by which Envoy gets its own certificate, and its roots, from an SDS server on its machine. */
export const workloadIdentityFields = {
  istio: Type.Optional(istio),
  spiffe: Type.Optional(spiffe),
} satisfies Record<string, TSchema>;
