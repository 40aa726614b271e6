import { Type } from '@sinclair/typebox';
import { type KindModel, ambassadorId, strictObject } from '../kinds/kind-model';

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  address: Type.Optional(Type.String({ description: 'Host and port of the Consul agent, such as `consul:8500`.' })),
  datacenter: Type.Optional(
    Type.String({ description: 'Datacenter whose services are meant; default that of the agent.' }),
  ),
});

/** `ConsulResolver.spec`, so that the API server takes the definitions that there are; see Ambassador's reference, "The Consul resolver". */
export const consulResolver: KindModel = {
  about: "Finds the endpoints of a Mapping's upstream in Consul.",
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {},
};
