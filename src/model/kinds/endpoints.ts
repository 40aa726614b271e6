import { type Static, Type } from '@sinclair/typebox';
import type { Immutable, KindModel } from './kind-model';

const addresses = (description: string) =>
  Type.Optional(Type.Array(Type.Object({ ip: Type.String({ description: 'IP address.' }) }), { description }));

const subset = Type.Object({
  addresses: addresses('Addresses that take requests.'),
  notReadyAddresses: addresses('Addresses that do not.'),
  ports: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.Optional(Type.String({ description: 'Name of the Service port.' })),
        port: Type.Integer({ minimum: 1, maximum: 65535, description: 'Port of the pods.' }),
        protocol: Type.Optional(Type.String({ description: 'Transport; default `TCP`.' })),
      }),
      { description: 'The ports that every address has.' },
    ),
  ),
});

const schema = Type.Object({
  subsets: Type.Optional(Type.Array(subset, { description: 'Addresses that share ports.' })),
});

/** Kubernetes' Endpoints, as far as it is read; it is named like its Service. */
export type EndpointsSpec = Immutable<Static<typeof schema>>;

export const endpoints = {
  about: 'Endpoints of the Service of the same name and namespace, where it has no EndpointSlice.',
  group: '',
  versions: ['v1'],
  at: 'root',
  schema,
  strict: false,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
