import type { KeyObject } from 'node:crypto';
import { asn1, util } from 'node-forge';
import { pemOf } from './crafted-certificate';

type Structure = 'pkcs1' | 'pkcs8' | 'sec1';

const LABELS = { pkcs1: 'RSA PRIVATE KEY', pkcs8: 'PRIVATE KEY', sec1: 'EC PRIVATE KEY' } as const;
/** The fields of RSAPrivateKey (RFC 8017 §A.1.2); ECPrivateKey (RFC 5915 §3) also starts with its version. */
const FIELDS = ['version', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const;

export function keyPem(key: KeyObject, structure: Structure): string {
  return pemOf(derOf(key, structure), LABELS[structure]);
}

export function encryptedPem(key: KeyObject, type: Structure): string {
  const options = { type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'canary' };
  return key.export(options as { type: 'pkcs8'; format: 'pem' }).toString();
}

/** An RSA or EC key in its own structure, with one integer changed. */
export function changedField(key: KeyObject, name: (typeof FIELDS)[number]): string {
  const structure = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1';
  const { root, fields } = parse(key, structure);
  const field = fields[FIELDS.indexOf(name)];
  if (typeof field?.value !== 'string') throw new Error(`${structure} has no ${name}`);
  const last = field.value.charCodeAt(field.value.length - 1);
  field.value = field.value.slice(0, -1) + String.fromCharCode(last ^ 4);
  return write(root, structure);
}

/** The scalar of an EC key with the public point of another one, or with none. */
export function withPublicPoint(key: KeyObject, other: KeyObject | undefined): string {
  const { root, fields } = parse(key, 'sec1');
  const point = other && parse(other, 'sec1').fields.at(-1);
  root.value = [...fields.slice(0, -1), ...(point ? [point] : [])];
  return write(root, 'sec1');
}

function parse(key: KeyObject, structure: Structure): { root: asn1.Asn1; fields: asn1.Asn1[] } {
  const root = asn1.fromDer(util.createBuffer(derOf(key, structure).toString('latin1')));
  return { root, fields: root.value as asn1.Asn1[] };
}

function write(root: asn1.Asn1, structure: Structure): string {
  return pemOf(Buffer.from(asn1.toDer(root).getBytes(), 'latin1'), LABELS[structure]);
}

function derOf(key: KeyObject, type: Structure): Buffer {
  return key.export({ type, format: 'der' } as { type: 'pkcs8'; format: 'der' });
}
