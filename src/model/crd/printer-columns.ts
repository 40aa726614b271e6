import type { Kind } from '../kinds';

/** A column of `kubectl get` (Kubernetes, "Additional printer columns"). */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  /** 0 shows always; more with `-o wide`. */
  readonly priority?: number;
}

const column = (name: string, jsonPath: string, priority?: number): PrinterColumn => ({
  name,
  type: 'string',
  jsonPath,
  ...(priority !== undefined && { priority }),
});
const condition = (type: string, name = type, field = 'status', priority?: number) =>
  column(name, `.status.conditions[?(@.type=="${type}")].${field}`, priority);

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const STATE = [condition('Accepted'), condition('Programmed')];
const REASON = condition('Accepted', 'Reason', 'reason', 1);

const OWN: Partial<Readonly<Record<Kind, readonly PrinterColumn[]>>> = {
  Mapping: [
    column('Source Host', '.spec.hostname'),
    column('Source Prefix', '.spec.prefix'),
    column('Dest Service', '.spec.service'),
    ...STATE,
    column('TLS', '.spec.tls', 1),
  ],
  TCPMapping: [
    { name: 'Port', type: 'integer', jsonPath: '.spec.port' },
    column('Dest Service', '.spec.service'),
    ...STATE,
  ],
  Host: [
    column('Hostname', '.spec.hostname'),
    column('Secret', '.spec.tlsSecret.name'),
    ...STATE,
    condition('CertificateValid', 'Certificate'),
  ],
  TLSContext: [
    column('Secret', '.spec.secret'),
    ...STATE,
    condition('CertificateValid', 'Certificate'),
    condition('CertificateValid', 'Certificate Says', 'message', 1),
  ],
  Listener: [
    { name: 'Port', type: 'integer', jsonPath: '.spec.port' },
    column('Protocol', '.spec.protocol'),
    column('Stack', '.spec.protocolStack', 1),
    ...STATE,
  ],
};

export function printerColumns(kind: Kind): readonly PrinterColumn[] {
  const own = OWN[kind];
  return own === undefined ? [AGE] : [...own, REASON, AGE];
}
