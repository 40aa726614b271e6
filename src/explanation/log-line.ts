/** What a line of Envoy’s access log says of a failure. Absent: the line has no such field, or Envoy had nothing to put there. */
export interface LogLine {
  /** `%RESPONSE_FLAGS%`, such as `UF` and `URX`; the long names are turned into short ones. */
  readonly flags: readonly string[];
  readonly status?: number;
  readonly responseCodeDetails?: string;
  readonly terminationDetails?: string;
  /** `%UPSTREAM_TRANSPORT_FAILURE_REASON%` */
  readonly upstreamFailure?: string;
  /** `%DOWNSTREAM_TRANSPORT_FAILURE_REASON%` */
  readonly downstreamFailure?: string;
  readonly cluster?: string;
  readonly upstreamHost?: string;
  readonly serverName?: string;
  readonly authority?: string;
  readonly path?: string;
}

/** Envoy’s short names (documentation, "Access logging", RESPONSE_FLAGS). */
const FLAG = /^[A-Z]{2,6}$/;
const FLAGS: ReadonlySet<string> = new Set(
  'UH UF UO NR URX NC DT DC LH UT LR UR UC DI FI RL UAEX RLSE IH SI DPE UPE UMSDR RFCF NFCF OM DF DO DR UDO'.split(' '),
);

/** As fields of our own JSON are called. */
const FIELDS = {
  response_code_details: 'responseCodeDetails',
  connection_termination_details: 'terminationDetails',
  upstream_transport_failure_reason: 'upstreamFailure',
  downstream_transport_failure_reason: 'downstreamFailure',
  upstream_cluster: 'cluster',
  upstream_host: 'upstreamHost',
  downstream_sni: 'serverName',
  requested_server_name: 'serverName',
  authority: 'authority',
  path: 'path',
} as const;

/**
 * Reads one line: our JSON, Ambassador’s or Envoy’s own text format, the body of a 503 (`upstream connect error …`), or a bare reason as it stands
 * in a field. Never fails: what is not found is absent.
 */
export function readLogLine(line: string): LogLine {
  const text = line.trim();
  const json = jsonOf(text.slice(Math.max(0, text.indexOf('{'))));
  return json === undefined ? readText(text) : readJson(json);
}

function readJson(json: Readonly<Record<string, unknown>>): LogLine {
  const status = Number(json['status'] ?? json['response_code']);
  const found: Record<string, string> = {};
  for (const [field, name] of Object.entries(FIELDS)) {
    const value = json[field];
    if (typeof value === 'string' && value !== '' && value !== '-') found[name] = value;
  }
  return { flags: flagsOf(json['response_flags']), ...(status > 0 && { status }), ...found };
}

/** A text has no names of fields: what is what is told by its form. */
function readText(text: string): LogLine {
  const [, status, flags = ''] = /"\s(\d{1,3})\s(\S+)/.exec(text) ?? [];
  const upstreamFailure = /TLS_error[:|].*?TLS_error_end|TLS.error[:|_][^"]*/.exec(text)?.[0] ?? remoteReason(text);
  const responseCodeDetails = /\b(?:upstream_reset|via_upstream|upstream_response_timeout)[\w{},]*/.exec(text)?.[0];
  const found = flagsOf(flags);
  return {
    flags: found.length > 0 ? found : flagsOf(text),
    ...(Number(status) > 0 && { status: Number(status) }),
    ...(upstreamFailure !== undefined && { upstreamFailure }),
    ...(responseCodeDetails !== undefined && { responseCodeDetails }),
  };
}

/** The body of a 503, or a reason by itself. */
function remoteReason(text: string): string | undefined {
  return (
    /transport failure reason: ?(.+?)(?:"|$)/.exec(text)?.[1] ??
    (/^[\w:|_()-]*(?:CERTIFICATE|SSLV3|TLSV1|SAN_)[\w:|()[\]. -]*$/.test(text) ? text : undefined)
  );
}

function flagsOf(value: unknown): readonly string[] {
  if (typeof value !== 'string') return [];
  return value.split(',').filter((flag) => FLAG.test(flag) && FLAGS.has(flag));
}

function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
