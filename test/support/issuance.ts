import { CertificateAuthority, type IssuedCertificate, type KeyKind, type Validity } from '../../src/cli/demo/pki';

// Certificates for tests with a real Envoy, which judges by the clock of the machine.

const DAY_MS = 24 * 60 * 60 * 1000;

/** A validity in days from now; the past is negative. */
export function days(from: number, to: number): Validity {
  return { notBefore: new Date(Date.now() + from * DAY_MS), notAfter: new Date(Date.now() + to * DAY_MS) };
}

/** Long enough for no warning of expiry. */
export const NOW = days(-1, 90);

export async function rootCa(commonName = 'test CA'): Promise<CertificateAuthority> {
  return await CertificateAuthority.createRoot({ commonName, ...NOW });
}

export interface Leaf {
  /** Common name, and DNS name too. */
  readonly name: string;
  readonly key?: KeyKind | { readonly privateKeyPem: string };
  readonly uri?: string;
  readonly validity?: Validity;
  /** Extended key usages; default both. */
  readonly usages?: readonly ('server' | 'client')[];
}

export async function issueLeaf(ca: CertificateAuthority, leaf: Leaf): Promise<IssuedCertificate> {
  return await ca.issue({
    commonName: leaf.name,
    key: leaf.key ?? 'ec',
    subjectAltNames: [
      { type: 'dns', value: leaf.name },
      ...(leaf.uri === undefined ? [] : [{ type: 'uri' as const, value: leaf.uri }]),
    ],
    ...(leaf.usages !== undefined && { usages: leaf.usages }),
    ...(leaf.validity ?? NOW),
  });
}
