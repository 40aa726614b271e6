import { type Static, Type } from '@sinclair/typebox';
import type { Immutable, KindModel } from './kind-model';

const servicePort = Type.Object(
  {
    number: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 65535, description: 'Port of the Service.', 'x-envoy': 'endpoint.address' }),
    ),
    name: Type.Optional(
      Type.String({
        description: 'Name of the port, which is looked up in the Service.',
        'x-envoy': 'endpoint.address',
      }),
    ),
  },
  { description: 'Port of the Service, by `number` or by `name`.' },
);

const backend = (description: string) =>
  Type.Object(
    {
      service: Type.Optional(
        Type.Object(
          {
            name: Type.String({
              minLength: 1,
              description: 'Name of a Service in the namespace of the Ingress.',
              'x-envoy': 'route.route.cluster',
            }),
            port: Type.Optional(servicePort),
          },
          { description: 'Service that requests go to.' },
        ),
      ),
      resource: Type.Optional(
        Type.Object(
          {},
          {
            description: 'Some other object that requests go to. Not supported: it has no address.',
            'x-selects': 'nothing; the path is out of service',
            'x-ambassador': 'Better: Ambassador leaves the path out, so that another route may take its requests',
          },
        ),
      ),
    },
    { description },
  );

const path = Type.Object({
  path: Type.Optional(
    Type.String({
      default: '/',
      description: 'Path of the requests. It is passed on as it is.',
      'x-envoy': 'route.match',
      'x-ambassador': 'Better: Ambassador cuts the matched part off the path, which Kubernetes passes on unchanged',
    }),
  ),
  pathType: Type.Optional(
    Type.String({
      default: 'ImplementationSpecific',
      description:
        '`Exact`: the whole path. `Prefix`: whole elements of the path, so that `/foo` takes `/foo/bar` but not `/foobar`. `ImplementationSpecific`: whatever begins alike.',
      'x-envoy': 'route.match.path, path_separated_prefix or prefix',
      'x-ambassador': 'Better: for Ambassador `/foo` of type `Prefix` takes `/foobar` too',
    }),
  ),
  backend: backend('Where the requests go.'),
});

const rule = Type.Object({
  host: Type.Optional(
    Type.String({
      description: 'Authority of the requests; `*.example.com` stands for exactly one label. Absent: any.',
      'x-envoy': 'virtual_host.domains and a header match of `:authority`',
    }),
  ),
  http: Type.Optional(
    Type.Object({ paths: Type.Array(path, { description: 'Paths, and where they go.' }) }, { description: 'Paths.' }),
  ),
});

const tls = Type.Object({
  hosts: Type.Optional(
    Type.Array(Type.String(), {
      default: ['*'],
      description: 'Names that the certificate is served for; each becomes a Host.',
      'x-envoy': 'filter_chain_match.server_names',
    }),
  ),
  secretName: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Secret with the certificate, in the namespace of the Ingress.',
      'x-envoy': 'tls_certificate_sds_secret_configs',
      'x-ambassador': 'Better: Ambassador passes over an entry without it, so that its names are served in cleartext',
    }),
  ),
});

const schema = Type.Object({
  ingressClassName: Type.Optional(
    Type.String({
      description: 'IngressClass whose controller serves the Ingress: ours is `getambassador.io/ingress-controller`.',
      'x-selects': 'whether the Ingress is read',
    }),
  ),
  defaultBackend: Type.Optional(backend('Where requests go that no rule takes.')),
  tls: Type.Optional(Type.Array(tls, { description: 'Certificates, and the names that they are for.' })),
  rules: Type.Optional(Type.Array(rule, { description: 'Which requests go where.' })),
});

/** `spec` of Kubernetes' Ingress; see its reference, "Ingress". */
export type IngressSpec = Immutable<Static<typeof schema>>;

export const ingress = {
  about:
    'Kubernetes’ own way to say which requests go to which Service. An Ingress of a class of ours becomes Hosts and Mappings.',
  group: 'networking.k8s.io',
  versions: ['v1'],
  at: 'spec',
  schema,
  strict: false,
  unsupported: {},
  // What else is wrong leaves it clear whose Ingress it is, so that we complain of our own only.
  deciding: ['ingressClassName'],
} as const satisfies KindModel<typeof schema>;
