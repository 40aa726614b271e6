/**
 * Cipher suites that Envoy 1.40’s TLS library accepts, OpenSSL’s name beside IANA’s (RFC 8446 §B.4 and the registry "TLS Cipher
 * Suites"). Asked of the real Envoy with `--mode validate`; pre-shared-key suites are left out, since no key could be given.
 */
const CIPHER_SUITES: Readonly<Record<string, string>> = {
  'ECDHE-ECDSA-AES128-GCM-SHA256': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256': 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384': 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384': 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305': 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'ECDHE-RSA-CHACHA20-POLY1305': 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-SHA256': 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
  'ECDHE-RSA-AES128-SHA256': 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
  'ECDHE-ECDSA-AES128-SHA': 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
  'ECDHE-RSA-AES128-SHA': 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'ECDHE-ECDSA-AES256-SHA': 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
  'ECDHE-RSA-AES256-SHA': 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'AES128-GCM-SHA256': 'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'AES256-GCM-SHA384': 'TLS_RSA_WITH_AES_256_GCM_SHA384',
  'AES128-SHA': 'TLS_RSA_WITH_AES_128_CBC_SHA',
  'AES256-SHA': 'TLS_RSA_WITH_AES_256_CBC_SHA',
  'DES-CBC3-SHA': 'TLS_RSA_WITH_3DES_EDE_CBC_SHA',
};

const NAMES = Object.keys(CIPHER_SUITES);
const BY_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(CIPHER_SUITES).flatMap(([name, iana]) => [
    [name, name],
    [iana, name],
  ]),
);

/** Words for several suites at once (BoringSSL, `ssl_cipher.cc`), each as a pattern of the names that it stands for. */
const WORDS: ReadonlyMap<string, RegExp> = new Map([
  ['ALL', /./],
  ['HIGH', /./],
  ['ECDHE', /^ECDHE-/],
  ['EECDH', /^ECDHE-/],
  ['kECDHE', /^ECDHE-/],
  ['kEECDH', /^ECDHE-/],
  ['ECDH', /^ECDHE-/],
  ['kRSA', /^(?!ECDHE-)/],
  ['RSA', /^(?!ECDHE-)/],
  ['aRSA', /^(?!ECDHE-ECDSA-)/],
  ['aECDSA', /^ECDHE-ECDSA-/],
  ['ECDSA', /^ECDHE-ECDSA-/],
  ['AES', /AES/],
  ['AES128', /AES128/],
  ['AES256', /AES256/],
  ['AESGCM', /GCM/],
  ['CHACHA20', /CHACHA20/],
  ['3DES', /DES-CBC3/],
  ['SHA', /-SHA$/],
  ['SHA1', /-SHA$/],
]);

/** Groups that Envoy 1.40’s TLS library accepts as `ecdh_curves`, each once, with the name that is usual for it. */
const CURVES: ReadonlyMap<string, string> = new Map([
  ['X25519', 'X25519'],
  ['x25519', 'X25519'],
  ['P-256', 'P-256'],
  ['prime256v1', 'P-256'],
  ['P-384', 'P-384'],
  ['secp384r1', 'P-384'],
  ['P-521', 'P-521'],
  ['secp521r1', 'P-521'],
  ['X25519MLKEM768', 'X25519MLKEM768'],
  ['MLKEM1024', 'MLKEM1024'],
]);

/**
 * Whether an entry of `cipher_suites` stands for any suite at all: a name, a word such as `ECDHE` or several that must all fit
 * (`ECDHE+AESGCM`), a group of equal preference (`[A|B]`), or a list of these (`A:B`). What takes suites away (`!A`, `-A`) Envoy
 * refuses.
 */
export function isCipherSuite(entry: string): boolean {
  return entry.split(':').every((item) => {
    const group = /^\[([^[\]]+)\]$/.exec(item)?.[1];
    return (group?.split('|') ?? [item]).every(standsForSome);
  });
}

function standsForSome(item: string): boolean {
  if (BY_NAME.has(item)) return true;
  const patterns = item.split('+').map((word) => WORDS.get(word));
  return NAMES.some((name) => patterns.every((pattern) => pattern?.test(name) === true));
}

/** Everything that `isCipherSuite` knows, one by one. */
export const CIPHER_NAMES: readonly string[] = [...BY_NAME.keys(), ...WORDS.keys()];

export function isCurve(entry: string): boolean {
  return CURVES.has(entry);
}

/** Whether two entries of `ecdh_curves` mean one group. */
export function sameCurve(a: string, b: string): boolean {
  return (CURVES.get(a) ?? a) === (CURVES.get(b) ?? b);
}
