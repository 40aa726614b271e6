// @peculiar/x509 resolves its parts through Reflect metadata, which must be there before it loads.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  webcrypto,
} from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { SubjectAltName } from '../../certificates';

/** P-256 or RSA 2048. */
export type KeyKind = 'ec' | 'rsa';

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

interface Request extends Validity {
  readonly commonName: string;
  /** A kind to generate, or the PEM of a private key to certify. Default `ec`. */
  readonly key?: KeyKind | { readonly privateKeyPem: string };
  /** Hex; default 16 random bytes. */
  readonly serial?: string;
}

export interface LeafRequest extends Request {
  readonly subjectAltNames?: readonly SubjectAltName[];
  /** Extended key usages; default both. */
  readonly usages?: readonly ('server' | 'client')[];
}

export interface IssuedCertificate {
  readonly certificatePem: string;
  /** The certificate followed by the intermediates up to, and without, the root. */
  readonly chainPem: string;
  /** PKCS #8. */
  readonly privateKeyPem: string;
  /** Lower-case hex, as Envoy's `/certs` prints it. */
  readonly serial: string;
}

/** Issues certificates at run time, for the demo and the tests. It keeps its key in memory: not for production. */
export class CertificateAuthority {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly #issuer: Issuer;

  private constructor(issued: IssuedCertificate, issuer: Issuer) {
    this.certificatePem = issued.certificatePem;
    this.privateKeyPem = issued.privateKeyPem;
    this.#issuer = issuer;
  }

  static async createRoot(request: Request): Promise<CertificateAuthority> {
    const privateKey = privateKeyOf(request.key);
    const self: Issuer = { name: request.commonName, privateKey, intermediates: '' };
    const issued = await sign(request, privateKey, self, authorityExtensions());
    return new CertificateAuthority(issued, self);
  }

  async createIntermediate(request: Request): Promise<CertificateAuthority> {
    const privateKey = privateKeyOf(request.key);
    const issued = await sign(request, privateKey, this.#issuer, authorityExtensions());
    return new CertificateAuthority(issued, { name: request.commonName, privateKey, intermediates: issued.chainPem });
  }

  async issue(request: LeafRequest): Promise<IssuedCertificate> {
    return sign(request, privateKeyOf(request.key), this.#issuer, leafExtensions(request));
  }
}

interface Issuer {
  readonly name: string;
  readonly privateKey: KeyObject;
  /** PEM of the certificates between what this issuer signs and the root. */
  readonly intermediates: string;
}

const USAGES = { server: ExtendedKeyUsage.serverAuth, client: ExtendedKeyUsage.clientAuth } as const;

function authorityExtensions(): Extension[] {
  return [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
}

function leafExtensions({ subjectAltNames = [], usages = ['server', 'client'] }: LeafRequest): Extension[] {
  const names = subjectAltNames.map(({ type, value }) => ({ type: type === 'uri' ? ('url' as const) : type, value }));
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(usages.map((usage) => USAGES[usage])),
    ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
  ];
}

async function sign(
  request: Request,
  privateKey: KeyObject,
  issuer: Issuer,
  extensions: readonly Extension[],
): Promise<IssuedCertificate> {
  const publicKey = new PublicKey(spkiOf(privateKey));
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: request.serial ?? randomSerial(),
      subject: [{ CN: [request.commonName] }],
      issuer: [{ CN: [issuer.name] }],
      notBefore: request.notBefore,
      notAfter: request.notAfter,
      publicKey,
      signingKey: await signingKeyOf(issuer.privateKey),
      signingAlgorithm: { ...algorithmOf(issuer.privateKey) },
      extensions: [
        ...extensions,
        await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(new PublicKey(spkiOf(issuer.privateKey)), false, webcrypto),
      ],
    },
    webcrypto,
  );
  const certificatePem = `${certificate.toString('pem')}\n`;
  return {
    certificatePem,
    chainPem: certificatePem + issuer.intermediates,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    serial: certificate.serialNumber,
  };
}

function privateKeyOf(key: Request['key'] = 'ec'): KeyObject {
  if (typeof key === 'object') return createPrivateKey(key.privateKeyPem);
  if (key === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

function spkiOf(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
}

function algorithmOf(privateKey: KeyObject): { name: string; hash: string; namedCurve?: string } {
  return privateKey.asymmetricKeyType === 'rsa'
    ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    : { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' };
}

async function signingKeyOf(privateKey: KeyObject): Promise<webcrypto.CryptoKey> {
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', pkcs8, algorithmOf(privateKey), false, ['sign']);
}

/** Positive and without a leading zero, so that it reads the same in hex everywhere. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
