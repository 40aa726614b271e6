import type { IssuedCertificate } from '../../src/cli/demo/pki';
import { type CraftedExtension, craft, pemOf } from './crafted-certificate';
import { ecKey, pkcs8, rsaKey } from './pki';

/** A CA certificate with no CA below it. */
export const PATH_LENGTH_0: CraftedExtension = { oid: '2.5.29.19', critical: true, value: '30060101ff020100' };
/** May issue for what is below `mesh.test` only (RFC 5280 §4.2.1.10). */
export const PERMITS_MESH_TEST: CraftedExtension = {
  oid: '2.5.29.30',
  critical: true,
  value: `300fa00d300b8209${Buffer.from('mesh.test').toString('hex')}`,
};
export const KEY_ENCIPHERMENT: CraftedExtension = { oid: '2.5.29.15', critical: true, value: '03020520' };

export interface CraftedServer extends IssuedCertificate {
  readonly rootPem: string;
}

export interface CraftedChain {
  /** DNS name of the leaf. */
  readonly name: string;
  /** Of the root. */
  readonly root: readonly CraftedExtension[];
  /** Of each intermediate CA, from the leaf upwards. */
  readonly intermediates?: readonly (readonly CraftedExtension[])[];
  /** Of the leaf, beside its name. */
  readonly leaf?: readonly CraftedExtension[];
  readonly key?: 'ec' | 'rsa';
}

/** A server certificate that says what no issuer would. */
export function craftedServer({ name, root, intermediates = [], leaf = [], key = 'ec' }: CraftedChain): CraftedServer {
  const [leafKey, rootKey] = [key === 'rsa' ? rsaKey() : ecKey(), ecKey()];
  const middles = intermediates.map((extensions, index) => ({ subject: `middle ${index}`, key: ecKey(), extensions }));
  const issuerAt = (index: number) => {
    const { subject, key: issuerKey } = middles[index] ?? { subject: 'root', key: rootKey };
    return { issuer: subject, issuerKey };
  };
  const subjectAltName = Buffer.concat([
    Buffer.of(0x30, name.length + 2, 0x82, name.length),
    Buffer.from(name, 'latin1'),
  ]);
  const extensions = [...leaf, { oid: '2.5.29.17', value: subjectAltName.toString('hex') }];
  const certificatePem = pemOf(craft({ subject: name, key: leafKey, ...issuerAt(0), extensions }));
  const above = middles.map((middle, index) => pemOf(craft({ ...middle, ...issuerAt(index + 1) })));
  return {
    certificatePem,
    chainPem: [certificatePem, ...above].join(''),
    privateKeyPem: pkcs8(leafKey),
    serial: '4101',
    rootPem: pemOf(craft({ subject: 'root', key: rootKey, extensions: root })),
  };
}
