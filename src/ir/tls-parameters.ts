import type { TlsSettings } from '../resolution/tls-secrets';
import type { SubjectAltNameMatcher, TlsParameters } from './tls';

/** The part of TLS settings that both directions share. */
export function tlsParameters(settings: TlsSettings): TlsParameters {
  const { min_tls_version: min, max_tls_version: max } = settings;
  return {
    ...(min !== undefined && { minVersion: min }),
    ...(max !== undefined && { maxVersion: max }),
    cipherSuites: settings.cipher_suites ?? [],
    ecdhCurves: settings.ecdh_curves ?? [],
    alpnProtocols: (settings.alpn_protocols ?? '')
      .split(',')
      .map((protocol) => protocol.trim())
      .filter((protocol) => protocol !== ''),
  };
}

/** The names that `verify` accepts: each subject alternative name, `hostname` as a DNS name, and `spiffe_id` as a URI. */
export function subjectAltNames(settings: TlsSettings): readonly SubjectAltNameMatcher[] {
  const { verify } = settings;
  const listed = (verify?.subject_alt_names ?? []).map((entry): SubjectAltNameMatcher => {
    const type = entry.type ?? 'dns';
    if (entry.exact !== undefined) return { type, match: 'exact', value: entry.exact };
    if (entry.prefix !== undefined) return { type, match: 'prefix', value: entry.prefix };
    if (entry.suffix !== undefined) return { type, match: 'suffix', value: entry.suffix };
    return { type, match: 'regex', value: entry.regex ?? '' };
  });
  const { hostname, spiffe_id: spiffeId } = verify ?? {};
  return [
    ...(hostname === undefined ? [] : [{ type: 'dns', match: 'exact', value: hostname } as const]),
    ...(spiffeId === undefined ? [] : [{ type: 'uri', match: 'exact', value: spiffeId } as const]),
    ...listed,
  ];
}
