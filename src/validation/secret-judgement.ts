import { type Finding, ownCaKey, readKeyPair, readRevocation, readTrustBundle } from '../certificates';
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../model/definition';

/** Types of Secret that Ambassador reads; those of any other type are not ours to judge. */
const TYPES: ReadonlySet<string> = new Set(['kubernetes.io/tls', 'Opaque', 'istio.io/key-and-cert']);

/**
 * Whether it holds CA certificates and an empty private key: Kubernetes wants `tls.key` in a Secret of type kubernetes.io/tls, so that
 * is how a CA is put into one. As key pair it is refused wherever it is named as such (CS3008).
 */
function holdsOnlyCa(data: Definition<'Secret'>['spec']['data'], at: Date): boolean {
  const isBlank = (key: string) => (data.get(key) ?? '').toString().trim() === '';
  return (
    data.has('tls.key') &&
    isBlank('tls.key') &&
    isBlank('key.pem') &&
    ownCaKey(data) === undefined &&
    readTrustBundle(data, at, 'declared').findings.every(({ severity }) => severity !== 'error')
  );
}

/**
 * Judges all that a Secret holds for TLS: its key pair, the CA and the revocation list beside it. A Secret is one unit, taken or left as a whole,
 * so that a pair and a root of different ages are never mixed.
 */
export function judgeSecret(secret: Definition<'Secret'>, at: Date): readonly Diagnostic[] {
  const { type, data } = secret.spec;
  if (!TYPES.has(type)) return [];
  const has = (...keys: string[]) => keys.some((key) => data.has(key));
  const isPair =
    (has('tls.key', 'key.pem') || (type === 'kubernetes.io/tls' && has('tls.crt'))) && !holdsOnlyCa(data, at);
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
