import { type Finding, ownCaKey, readKeyPair, readRevocation, readTrustBundle } from '../certificates';
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../model/definition';

/** Types of Secret that Ambassador reads; those of any other type are not ours to judge. */
const TYPES: ReadonlySet<string> = new Set(['kubernetes.io/tls', 'Opaque', 'istio.io/key-and-cert']);

/**
 * Judges all that a Secret holds for TLS: its key pair, the CA and the revocation list beside it. A Secret is one unit, taken or left as a whole,
 * so that a pair and a root of different ages are never mixed.
 */
export function judgeSecret(secret: Definition<'Secret'>, at: Date): readonly Diagnostic[] {
  const { type, data } = secret.spec;
  if (!TYPES.has(type)) return [];
  const has = (...keys: string[]) => keys.some((key) => data.has(key));
  const isPair = has('tls.key', 'key.pem') || (type === 'kubernetes.io/tls' && has('tls.crt'));
  const findings: readonly Finding[] = [
    ...(isPair ? readKeyPair(data, at).findings : []),
    ...(ownCaKey(data) !== undefined
      ? readTrustBundle(data, at, 'own').findings
      : !isPair && has('tls.crt', 'ca.crt', 'root-cert.pem')
        ? readTrustBundle(data, at, 'declared').findings
        : []),
    ...(has('crl.pem') ? readRevocation(data, at).findings : []),
  ];
  return findings.map(({ code, severity, message, fix, key }) =>
    diagnostic(code, {
      message,
      subject: subjectOf(secret),
      location: secret.at(['stringData', key], 'key'),
      ...(severity !== undefined && { severity }),
      ...(fix !== undefined && { fix }),
    }),
  );
}
