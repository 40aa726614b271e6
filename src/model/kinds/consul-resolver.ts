import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, strictObject } from './kind-model';

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  address: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1024,
      pattern: '^[!-?A-~]+$',
      description:
        '`host:port`, or a URL without credentials: where the Consul agent is. `${NAME}` stands for a variable of the environment of the control plane.',
      default: '127.0.0.1:8500',
      'x-selects': 'the Consul agent that is asked, by the control plane',
      'x-ambassador': 'Better: `https://` reaches Consul by TLS, and verifies it',
    }),
  ),
  datacenter: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '^[A-Za-z0-9_-]+$',
      description:
        'letters, digits, `-` and `_`: the datacenter whose services are meant; unset, it is that of the agent',
      'x-selects': 'the services that are meant',
      'x-ambassador': 'Better: services of one name in two datacenters stay apart',
    }),
  ),
  namespace: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      pattern: '^[A-Za-z0-9_-]+$',
      description:
        'letters, digits, `-` and `_`: the namespace of Consul Enterprise whose services are meant, and in which our own identity is',
      default: 'default',
      'x-selects': 'the services that are meant',
      'x-ambassador': 'Addition.',
    }),
  ),
  tags: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
      minItems: 1,
      maxItems: 16,
      uniqueItems: true,
      description: 'Only instances that have all of these tags.',
      'x-selects': 'the instances that are meant',
      'x-ambassador': 'Addition.',
    }),
  ),
  token: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 256,
      pattern: '^[!-~]+$',
      description: 'printable characters: the ACL token. Whoever may read the definition has it: better in a file',
      'x-selects': 'what Consul lets the control plane see',
      'x-ambassador': 'Addition: Ambassador can only be anonymous.',
    }),
  ),
  token_file: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4096,
      pattern: '^/[^\\0\\r\\n]+$',
      description:
        'an absolute path: the file with the ACL token, on the machine of the control plane; it is read anew for each request',
      'x-selects': 'what Consul lets the control plane see',
      'x-ambassador': 'Addition.',
    }),
  ),
  ca: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 65536,
      description:
        'Whom to trust for `https://`: the CA certificates in PEM, or the absolute path of a file with them; default the trust store of Node.js.',
      'x-selects': 'the CA that Consul is verified against',
      'x-ambassador': 'Addition.',
    }),
  ),
});

/** `ConsulResolver.spec`; see Ambassador's reference, "The Consul resolver". */
export type ConsulResolverSpec = Immutable<Static<typeof schema>>;

export const consulResolver = {
  about: "Finds the endpoints of a Mapping's upstream in Consul, and certificates for Consul Connect.",
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
