import { generateKeyPairSync } from 'node:crypto';
import type { CertificateAuthority } from '../../src/cli/demo/pki';
import type { Api } from '../../src/sources/kubernetes/api';
import { pathOf, RESOURCES, SECRETS } from '../../src/sources/kubernetes/resource';
import { host, keyPair, listener, mapping, secret, tlsContext } from '../../test/support/definitions';
import { issueLeaf } from '../../test/support/issuance';

/** Requests to the API that are under way at once. */
const AT_ONCE = 40;

/** One key for all: to make thousands takes longer than what is measured. */
const privateKeyPem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

export async function pairOf(ca: CertificateAuthority, index: number): Promise<{ object: object; serial: string }> {
  const leaf = await issueLeaf(ca, { name: `client-${index}`, key: { privateKeyPem } });
  return { object: keyPair(`pair-${index}`, leaf), serial: leaf.serial };
}

/** Mappings over TLSContexts, each of which presents a certificate of its own; and one Mapping that goes to a real upstream. */
export async function objectsOf(
  ca: CertificateAuthority,
  { mappings, secrets, port, upstream }: { mappings: number; secrets: number; port: number; upstream: number },
): Promise<readonly object[]> {
  const objects: object[] = [
    listener(port),
    host('all', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } }),
    mapping('load', { prefix: '/load/', service: `127.0.0.1:${upstream}` }),
    secret('ca', { 'ca.crt': ca.certificatePem }),
  ];
  for (let index = 0; index < secrets; index += 1) {
    objects.push((await pairOf(ca, index)).object);
    objects.push(
      tlsContext(`context-${index}`, { secret: `pair-${index}`, ca_secret: 'ca', verify: { hostname: 'a.test' } }),
    );
  }
  for (let index = 0; index < mappings; index += 1)
    objects.push(
      mapping(`mapping-${index}`, {
        prefix: `/${index}/`,
        service: `https://127.0.0.1:${20_000 + (index % 10_000)}`,
        tls: `context-${index % secrets}`,
      }),
    );
  return objects;
}

/** Creates the objects in namespace `default`. */
export async function create(api: Api, objects: readonly object[]): Promise<void> {
  for (let start = 0; start < objects.length; start += AT_ONCE)
    await Promise.all(
      objects.slice(start, start + AT_ONCE).map(async (object) => {
        const { kind } = object as { readonly kind: string };
        const resource = [...RESOURCES, SECRETS].find((candidate) => candidate.kind === kind);
        if (resource === undefined) throw new Error(`no resource of kind ${kind}`);
        await api.json({ method: 'POST', path: pathOf(resource, 'default'), body: object });
      }),
    );
}
