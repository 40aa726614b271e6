import { credentials } from '@grpc/grpc-js';
import { CertificateAuthority, type IssuedCertificate } from '../../../src/cli/demo/pki';
import type { XdsTls } from '../../../src/xds';
import { WireClient } from './wire-client';

export type SubjectAltName = { readonly type: 'dns' | 'uri'; readonly value: string };

const MINUTE = 60_000;

/** The PKI of an xDS port: the CA of its clients, another one, and the certificate of the server. */
export class PortPki {
  readonly ca: CertificateAuthority;
  readonly other: CertificateAuthority;
  readonly #server: IssuedCertificate;

  private constructor(ca: CertificateAuthority, other: CertificateAuthority, server: IssuedCertificate) {
    this.ca = ca;
    this.other = other;
    this.#server = server;
  }

  static async create(): Promise<PortPki> {
    const ca = await CertificateAuthority.createRoot({ commonName: 'xds CA', ...lifetime() });
    const other = await CertificateAuthority.createRoot({ commonName: 'another CA', ...lifetime() });
    const subjectAltNames = [{ type: 'dns', value: 'localhost' } as const];
    return new PortPki(ca, other, await ca.issue({ commonName: 'countersign', subjectAltNames, ...lifetime() }));
  }

  get tls(): XdsTls {
    return {
      certificateChain: Buffer.from(this.#server.chainPem),
      privateKey: Buffer.from(this.#server.privateKeyPem),
      clientCa: Buffer.from(this.ca.certificatePem),
    };
  }

  /** A client's certificate; `ms` is how long it lasts from now on, negative where it is over. */
  issue(subjectAltNames: readonly SubjectAltName[], from = this.ca, ms = 60 * MINUTE): Promise<IssuedCertificate> {
    return from.issue({ commonName: 'edge', subjectAltNames, usages: ['client'], ...lifetime(ms) });
  }

  client(port: number, issued?: IssuedCertificate): WireClient {
    const ca = Buffer.from(this.ca.certificatePem);
    const pair = issued && ([Buffer.from(issued.privateKeyPem), Buffer.from(issued.chainPem)] as const);
    const creds = credentials.createSsl(ca, pair?.[0] ?? null, pair?.[1] ?? null);
    return new WireClient(`localhost:${port}`, creds, { 'grpc.enable_retries': 0 });
  }
}

function lifetime(ms = 60 * MINUTE) {
  const now = Date.now();
  return { notBefore: new Date(now - 10 * MINUTE), notAfter: new Date(now + ms) };
}
