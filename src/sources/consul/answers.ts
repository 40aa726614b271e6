import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

const instances = Type.Array(
  Type.Object({
    Node: Type.Object({ Address: Type.String(), Datacenter: Type.Optional(Type.String()) }),
    Service: Type.Object({
      Address: Type.Optional(Type.String()),
      Port: Type.Integer(),
      Namespace: Type.Optional(Type.String()),
      Weights: Type.Optional(Type.Object({ Passing: Type.Integer() })),
    }),
  }),
);

const roots = Type.Object({
  TrustDomain: Type.String({ pattern: '^[a-z0-9.-]+$', maxLength: 255 }),
  Roots: Type.Array(
    Type.Object({
      RootCert: Type.String(),
      IntermediateCerts: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
    }),
  ),
});

const leaf = Type.Object({ CertPEM: Type.String(), PrivateKeyPEM: Type.String() });

/** One instance that passes its checks. */
export interface Instance {
  /** An IP address or a name: the instance’s, else its node’s. */
  readonly address: string;
  readonly port: number;
  readonly weight: number;
}

export interface Instances {
  readonly list: readonly Instance[];
  /** Unknown where there are none. */
  readonly datacenter?: string;
  readonly namespace?: string;
}

/** The CAs of Consul Connect: all of them, the active one and those that certificates in use may still be of. */
export interface Roots {
  readonly trustDomain: string;
  readonly pem: string;
}

export interface Leaf {
  readonly chainPem: string;
  readonly keyPem: string;
}

/** Consul’s HTTP API, "Health": List nodes for service. @throws Error if it is no such answer. */
export function readInstances(body: unknown): Instances {
  const entries = checked(instances, body);
  const [first] = entries;
  const list = entries.flatMap(({ Node, Service }): readonly Instance[] => {
    const address = Service.Address === undefined || Service.Address === '' ? Node.Address : Service.Address;
    if (address === '' || Service.Port < 1 || Service.Port > 65535) return [];
    return [{ address, port: Service.Port, weight: Math.min(65535, Math.max(1, Service.Weights?.Passing ?? 1)) }];
  });
  return {
    list,
    ...(first?.Node.Datacenter !== undefined && { datacenter: first.Node.Datacenter }),
    ...(first?.Service.Namespace !== undefined && { namespace: first.Service.Namespace }),
  };
}

/** Consul’s HTTP API, "Connect": CA roots. @throws as `readInstances`. */
export function readRoots(body: unknown): Roots {
  const { TrustDomain, Roots: list } = checked(roots, body);
  return { trustDomain: TrustDomain, pem: list.map(({ RootCert }) => `${RootCert.trim()}\n`).join('') };
}

/** Consul’s HTTP API, "Connect": service leaf certificate. @throws as `readInstances`. */
export function readLeaf(body: unknown): Leaf {
  const { CertPEM, PrivateKeyPEM } = checked(leaf, body);
  return { chainPem: CertPEM, keyPem: PrivateKeyPEM };
}

/** The answer may hold a private key: what is wrong with it is told by place, never by value. */
function checked<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  if (Value.Check(schema, body)) return body;
  const place = Value.Errors(schema, body).First()?.path ?? '';
  throw new Error(`the answer is not as Consul's: ${place === '' ? 'it' : place} is of another type`);
}
