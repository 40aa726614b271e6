/** What the operator decides for all definitions. */
export interface Policy {
  /** Turns each "this is not verified" warning into an error, and forces secret validation. */
  readonly strict: boolean;
  /** `AMBASSADOR_FORCE_SECRET_VALIDATION`: a Host with an invalid Secret is disabled entirely, cleartext included. */
  readonly forceSecretValidation: boolean;
  /** `AMBASSADOR_NAMESPACE`: services named without a namespace by Mappings of this one stay unqualified. */
  readonly installNamespace: string;
}

export const DEFAULT_POLICY: Policy = { strict: false, forceSecretValidation: false, installNamespace: 'default' };
