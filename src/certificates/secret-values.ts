/** What this room needs of a Secret: its values by key. `SecretData` of the model fits. */
export interface SecretValues {
  get(key: string): Buffer | undefined;
  keys(): readonly string[];
}

/** Ambassador's first name for each role is Kubernetes', its second Istio's. */
export const CHAIN_KEYS = ['tls.crt', 'cert-chain.pem'] as const;
export const PRIVATE_KEY_KEYS = ['tls.key', 'key.pem'] as const;
/** Whether a Secret is named as CA (`ca_secret`), or brings a CA along with its own certificate. */
export type CaRole = 'declared' | 'own';

/** Where a Secret keeps the CA that verifies the peers of its own certificate. */
export const OWN_CA_KEYS = ['ca.crt', 'root-cert.pem'] as const;
/** Where a Secret named as `crl_secret` keeps its revocation lists; the second is a name that Ambassador documents too. */
export const CRL_KEYS = ['crl.pem', 'user.key'] as const;
/** Where a Secret named as CA keeps its certificates. */
export const CA_KEYS = ['ca.crt', 'root-cert.pem', 'tls.crt'] as const;

/** The key under which a Secret brings its own CA along; undefined if it brings none, which is not a mistake. */
export function ownCaKey(data: SecretValues): (typeof OWN_CA_KEYS)[number] | undefined {
  return firstOf(data, OWN_CA_KEYS)?.key;
}

/** The first of `keys` that holds anything but white space: cert-manager leaves empty values for what it does not have yet. */
export function firstOf<K extends string>(
  data: SecretValues,
  keys: readonly K[],
): { key: K; value: Buffer } | undefined {
  for (const key of keys) {
    const value = data.get(key);
    if (value && value.toString('latin1').trim() !== '') return { key, value };
  }
  return undefined;
}

/** Explains that none of `keys` is there: names those that are there but empty, and what the Secret has instead. */
export function missing(data: SecretValues, keys: readonly string[]): string {
  const empty = keys.find((key) => data.get(key) !== undefined);
  if (empty !== undefined) return `${empty} is empty`;
  const present = data.keys().map(printable);
  return `${keys.join(' or ')} is missing; the Secret has ${present.length > 0 ? present.join(', ') : 'no data'}`;
}

/** A Secret's keys match this in Kubernetes; anything else in a file is not printed. */
function printable(key: string): string {
  return /^[-._a-zA-Z0-9]{1,63}$/.test(key) ? key : '(unprintable)';
}
