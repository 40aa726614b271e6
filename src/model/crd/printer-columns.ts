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

const PORT: PrinterColumn = { name: 'Port', type: 'integer', jsonPath: '.spec.port' };
const SERVICE = column('Dest Service', '.spec.service');
const CERTIFICATE = condition('CertificateValid', 'Certificate');
const CERTIFICATE_SAYS = condition('CertificateValid', 'Certificate Says', 'message', 1);

/** Of the kinds on which the control plane writes conditions: before them, and after. Names as Emissary's, where it has such a column. */
const TOLD_OF: Readonly<Record<string, readonly [readonly PrinterColumn[], readonly PrinterColumn[]]>> = {
  Mapping: [
    [column('Source Host', '.spec.hostname'), column('Source Prefix', '.spec.prefix'), SERVICE],
    [column('TLS', '.spec.tls', 1)],
  ],
  TCPMapping: [[column('Host', '.spec.host'), PORT, SERVICE], [column('TLS', '.spec.tls', 1)]],
  Host: [
    [column('Hostname', '.spec.hostname'), column('Secret', '.spec.tlsSecret.name')],
    [CERTIFICATE, CERTIFICATE_SAYS],
  ],
  TLSContext: [
    [column('Hosts', '.spec.hosts'), column('Secret', '.spec.secret'), column('CA', '.spec.ca_secret', 1)],
    [CERTIFICATE, CERTIFICATE_SAYS],
  ],
  Listener: [[PORT, column('Protocol', '.spec.protocol')], [column('Security', '.spec.securityModel', 1)]],
};

const OTHERS: Readonly<Record<string, readonly PrinterColumn[]>> = {
  AuthService: [column('Dest Service', '.spec.auth_service'), column('Protocol', '.spec.proto', 1)],
  RateLimitService: [SERVICE, column('Domain', '.spec.domain', 1)],
  LogService: [SERVICE, column('Driver', '.spec.driver')],
  TracingService: [SERVICE, column('Driver', '.spec.driver')],
  ConsulResolver: [column('Address', '.spec.address'), column('Datacenter', '.spec.datacenter')],
};

export function printerColumns(kind: string): readonly PrinterColumn[] {
  const told = TOLD_OF[kind];
  if (told === undefined) return [...(OTHERS[kind] ?? []), AGE];
  const [before, after] = told;
  return [...before, ...STATE, ...after, REASON, AGE];
}
