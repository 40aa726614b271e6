/** What is told of a definition on its object (Kubernetes API conventions, "Typical status properties"). */
export interface Condition {
  readonly type: 'Accepted' | 'Programmed' | 'CertificateValid';
  readonly status: 'True' | 'False' | 'Unknown';
  /** One word: a diagnostic code, or what is the case. */
  readonly reason: string;
  readonly message: string;
}

/** Kinds that have conditions. */
export const KINDS_WITH_STATUS = ['Mapping', 'TCPMapping', 'Host', 'TLSContext', 'Listener'] as const;

export const CONDITION_TYPES: ReadonlySet<string> = new Set(['Accepted', 'Programmed', 'CertificateValid']);
