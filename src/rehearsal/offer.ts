import type { Cluster } from '../ir/cluster';
import type { TlsVersion, UpstreamTls } from '../ir/tls';

/** What the ClientHello to an upstream says, Envoy’s defaults filled in. */
export interface Offer {
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** For TLS 1.2 and before, as OpenSSL names them. Those of TLS 1.3 cannot be chosen. */
  readonly cipherSuites: readonly string[];
  readonly curves: readonly string[];
  /** Empty: the extension is not sent. */
  readonly alpnProtocols: readonly string[];
  /** Absent: the extension is not sent. */
  readonly sni?: string;
}

const VERSIONS: readonly TlsVersion[] = ['v1.0', 'v1.1', 'v1.2', 'v1.3'];

/** Envoy as a client stops at TLS 1.2 unless it is told otherwise (TlsParameters, API reference). */
const DEFAULT_VERSION = VERSIONS.indexOf('v1.2');

/** Envoy 1.40 without FIPS (TlsParameters, API reference, `cipher_suites` and `ecdh_curves`). */
const CIPHER_SUITES = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
];
const CURVES = ['X25519', 'P-256'];
/** Offered before them where TLS 1.3 is. */
const CURVES_OF_TLS_13 = ['X25519MLKEM768'];

/** Definitions whose traffic is bytes: Envoy knows no protocol to name in ALPN. */
const RAW_KINDS: ReadonlySet<string> = new Set(['TCPMapping']);

export function offerOf(tls: UpstreamTls, { settings, origins }: Pick<Cluster, 'settings' | 'origins'>): Offer {
  const min = tls.minVersion === undefined ? undefined : VERSIONS.indexOf(tls.minVersion);
  const max = tls.maxVersion === undefined ? undefined : VERSIONS.indexOf(tls.maxVersion);
  const maxVersion = VERSIONS[max ?? Math.max(DEFAULT_VERSION, min ?? DEFAULT_VERSION)] ?? 'v1.2';
  const curves = maxVersion === 'v1.3' ? [...CURVES_OF_TLS_13, ...CURVES] : CURVES;
  return {
    minVersion: VERSIONS[min ?? Math.min(DEFAULT_VERSION, max ?? DEFAULT_VERSION)] ?? 'v1.2',
    maxVersion,
    cipherSuites: tls.cipherSuites.length === 0 ? CIPHER_SUITES : tls.cipherSuites.flatMap(ofOnePreference),
    curves: tls.ecdhCurves.length === 0 ? curves : tls.ecdhCurves,
    alpnProtocols: tls.alpnProtocols.length > 0 ? tls.alpnProtocols : ownProtocol(settings.http2, origins),
    ...(tls.sni !== undefined && { sni: tls.sni }),
  };
}

/** BoringSSL writes suites of equal preference as `[A|B]`. */
function ofOnePreference(suites: string): readonly string[] {
  return suites.replace(/^\[(.*)\]$/, '$1').split('|');
}

/** Where no `alpn_protocols` are set, Envoy’s HTTP connection pools name the protocol that they speak. */
function ownProtocol(http2: boolean, origins: Cluster['origins']): readonly string[] {
  if (origins.some(({ kind }) => RAW_KINDS.has(kind))) return [];
  return [http2 ? 'h2' : 'http/1.1'];
}
