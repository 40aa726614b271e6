import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, labelSelector, oneOf, strictObject } from './kind-model';
import { ignoredTlsFields, tlsFields } from './tls-fields';

const objectName = (description: string, notes: Record<string, string>) =>
  Type.String({ minLength: 1, description, ...notes });

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  hostname: Type.Optional(
    Type.String({
      description: 'Authority that the Host answers for; `*` and `*.suffix` are wildcards.',
      default: '*',
      'x-envoy': 'virtual_host.domains, and without its port filter_chain_match.server_names',
      'x-ambassador':
        'Better: on the connection of another name it gets 421, so that no client comes around the certificates that it demands',
    }),
  ),
  mappingSelector: Type.Optional(labelSelector('Which Mappings belong to the Host, by their labels.')),
  selector: Type.Optional(labelSelector('The deprecated name of `mappingSelector`.')),
  tlsSecret: Type.Optional(
    strictObject(
      {
        name: objectName('Name of the Secret; dots are part of the name.', {
          'x-envoy': 'common_tls_context.tls_certificate_sds_secret_configs, as `<namespace>/<name>`',
          'x-ambassador':
            'Better: where the Secret is missing or broken, connections for the name are closed; they fall through to no other Host',
        }),
        namespace: Type.Optional(
          objectName("Namespace of the Secret; default the Host's.", {
            'x-selects': 'the Secret, with its name',
            'x-ambassador': 'a warning (CS3005) where it is not the namespace of the Host',
          }),
        ),
      },
      { description: 'Secret with the certificate that clients see. Without it the Host does not terminate TLS.' },
    ),
  ),
  tlsContext: Type.Optional(
    strictObject(
      {
        name: objectName('Name of the TLSContext.', {
          'x-envoy': 'filter_chain.transport_socket, by the settings of the TLSContext',
          'x-ambassador':
            "Better: the Host's own namespace comes first, and several of that name elsewhere are an error (CS3002); Ambassador takes the first it reads",
        }),
      },
      { description: 'TLSContext that says how TLS is terminated. Excludes `tls`.' },
    ),
  ),
  tls: Type.Optional(
    strictObject(tlsFields, { description: 'How TLS is terminated, written in place. Excludes `tlsContext`.' }),
  ),
  requestPolicy: Type.Optional(
    strictObject(
      {
        insecure: Type.Optional(
          strictObject(
            {
              action: Type.Optional(
                oneOf(['Redirect', 'Route', 'Reject'], 'What happens to cleartext requests.', {
                  default: 'Redirect',
                  'x-envoy':
                    "route.redirect.https_redirect for `Redirect`, the Mappings' routes for `Route`, no route for `Reject`",
                  'x-ambassador':
                    'a redirect answers every path, whether a Mapping takes it or not; `Route` leaves a Host that demands client certificates out (CS4014)',
                }),
              ),
            },
            { description: 'Policy for cleartext requests.' },
          ),
        ),
      },
      { description: 'Request policy.' },
    ),
  ),
});

/** `Host.spec`; see Ambassador's reference, "The Host CRD". */
export type HostSpec = Immutable<Static<typeof schema>>;

const SELECTOR = {
  severity: 'error',
  effect: 'only matchLabels is understood, so other Mappings would be selected',
} as const;

export const host = {
  about:
    'A hostname that is served: its certificate, whom it lets in, what it does with cleartext, and which Mappings belong to it.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {
    'mappingSelector.matchExpressions': SELECTOR,
    'selector.matchExpressions': SELECTOR,
    acmeProvider: {
      severity: 'warning',
      effect: 'no certificate is requested by ACME; tlsSecret must exist already',
      fix: 'remove the field, and have cert-manager or the like keep the Secret that tlsSecret names',
    },
  },
  ignored: {
    'requestPolicy.insecure.additionalPort':
      'no port is opened by it, nor closed by -1; a Listener opens ports, and INSECURE or XFP on it takes cleartext',
    previewUrl: 'preview URLs are not served',
    ...ignoredTlsFields('tls.'),
  },
  deciding: ['ambassador_id', 'hostname'],
} as const satisfies KindModel<typeof schema>;
