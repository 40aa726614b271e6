import { judgePeer } from '../certificates';
import type { Ir } from '../ir/ir';
import type { DownstreamTls, TlsVersion } from '../ir/tls';
import type { ClientTls } from './request';
import type { HandshakeFailed } from './simulation';
import { matchesAnySubjectAltName } from './subject-alt-name';

type Failure = Pick<HandshakeFailed, 'reason' | 'detail'>;

const VERSIONS: readonly TlsVersion[] = ['v1.0', 'v1.1', 'v1.2', 'v1.3'];
/** What Envoy offers as a server, and what a client is taken to offer. */
const DEFAULTS = { minVersion: 'v1.2', maxVersion: 'v1.3' } as const;

/** Cipher suites that TLS 1.0 and 1.1 know. */
const OLD_SUITE = /-SHA$/;

/**
 * Why the TLS handshake fails; undefined if it does not. Versions and the client’s certificate decide: cipher suites and
 * curves are taken to agree, but of Envoy’s own choice none is for versions before 1.2. A certificate that must have certain
 * names is required, whatever `require_client_certificate` says. A certificate that nobody asks for is not shown; one that is shown must be good, required or not.
 */
export function handshakeFailure(tls: DownstreamTls, client: ClientTls, ir: Ir, at: Date): Failure | undefined {
  if (!versionsOverlap(tls, client)) {
    return { reason: 'no_common_version', detail: 'client and Listener have no TLS version in common' };
  }
  const { verification } = tls;
  if (client.certificate === undefined) {
    const required = tls.requireClientCertificate || (verification?.subjectAltNames.length ?? 0) > 0;
    return required ? { reason: 'client_certificate_missing', detail: 'a client certificate is required' } : undefined;
  }
  if (verification === undefined) return undefined;
  const secret = ir.secrets.find(({ name }) => name === verification.trustedCa);
  // What files on Envoy's machine hold is not known.
  if (secret?.type !== 'validation_context' || secret.trust === 'system' || 'file' in secret.trust) return undefined;
  const lists = secret.revocation !== undefined && 'pem' in secret.revocation ? secret.revocation : undefined;
  const { leaf, refusal } = judgePeer(client.certificate, secret.trust, 'client', at, lists);
  if (refusal !== undefined) return { reason: 'client_certificate_refused', detail: refusal };
  return matchesAnySubjectAltName(verification.subjectAltNames, leaf?.subjectAltNames ?? [])
    ? undefined
    : { reason: 'client_certificate_refused', detail: 'none of its names is among the accepted ones' };
}

function versionsOverlap(server: DownstreamTls, client: ClientTls): boolean {
  const [a, b] = [bounds(server), bounds(client)];
  const newest = Math.min(a.max, b.max);
  if (Math.max(a.min, b.min) > newest) return false;
  return newest >= VERSIONS.indexOf('v1.2') || server.cipherSuites.some((suite) => OLD_SUITE.test(suite));
}

/** A bound that lies beyond the default of the other moves it along. */
function bounds({ minVersion, maxVersion }: { readonly minVersion?: TlsVersion; readonly maxVersion?: TlsVersion }) {
  const min = VERSIONS.indexOf(minVersion ?? DEFAULTS.minVersion);
  const max = VERSIONS.indexOf(maxVersion ?? DEFAULTS.maxVersion);
  return {
    min: minVersion === undefined ? Math.min(min, max) : min,
    max: maxVersion === undefined ? Math.max(min, max) : max,
  };
}
