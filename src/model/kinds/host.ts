import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, labelSelector, oneOf, strictObject } from './kind-model';
import { ignoredTlsFields, tlsFields, unsupportedTlsFields } from './tls-fields';

const objectName = (description: string) => Type.String({ minLength: 1, description });

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  hostname: Type.Optional(
    Type.String({ description: 'Authority that the Host answers for; `*` and `*.suffix` are wildcards; default `*`.' }),
  ),
  mappingSelector: Type.Optional(labelSelector('Which Mappings belong to the Host, by their labels.')),
  selector: Type.Optional(labelSelector('The deprecated name of `mappingSelector`.')),
  tlsSecret: Type.Optional(
    strictObject(
      {
        name: objectName('Name of the Secret; dots are part of the name.'),
        namespace: Type.Optional(objectName("Namespace of the Secret; default the Host's.")),
      },
      { description: 'Secret with the certificate that clients see. Without it the Host does not terminate TLS.' },
    ),
  ),
  tlsContext: Type.Optional(
    strictObject(
      { name: objectName('Name of the TLSContext.') },
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
                oneOf(['Redirect', 'Route', 'Reject'], 'What happens to cleartext requests; default `Redirect`.'),
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
    ...unsupportedTlsFields('tls.'),
    'mappingSelector.matchExpressions': SELECTOR,
    'selector.matchExpressions': SELECTOR,
    acmeProvider: { severity: 'warning', effect: 'no certificate is requested by ACME; tlsSecret must exist already' },
  },
  ignored: {
    'requestPolicy.insecure.additionalPort':
      'no port is opened by it, nor closed by -1; a Listener opens ports, and INSECURE or XFP on it takes cleartext',
    previewUrl: 'preview URLs are not served',
    ...ignoredTlsFields('tls.'),
  },
  deciding: ['ambassador_id', 'hostname'],
} as const satisfies KindModel<typeof schema>;
