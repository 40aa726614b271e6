import { readFlags } from './response-flag';
import { readText } from './text-line';

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

/** Envoy cuts nothing, and a client may send a path of 60 KiB; nothing that is longer is a line of an access log. */
const LONGEST = 256 * 1024;

/**
 * Reads one line: our JSON, Ambassador’s or Envoy’s own text format, the body of a 503 (`upstream connect error …`), or a bare reason as it
 * stands in a field. What a client may write into a line counts as what it is. Never fails: what is not found is absent.
 */
export function readLogLine(line: string): LogLine {
  const text = line.trim();
  if (text.length > LONGEST) return { flags: [] };
  // A container’s runtime may put something in front; a quote there would be the beginning of a text.
  const start = text.indexOf('{');
  const json = start < 0 || text.slice(0, start).includes('"') ? undefined : jsonOf(text.slice(start));
  return json === undefined ? readText(text) : readJson(json);
}

function readJson(json: Readonly<Record<string, unknown>>): LogLine {
  const status = Number(json['status'] ?? json['response_code']);
  const found: Record<string, string> = {};
  for (const [field, name] of Object.entries(FIELDS)) {
    const value = json[field];
    if (typeof value === 'string' && value !== '' && value !== '-') found[name] = value;
  }
  const flags = json['response_flags'];
  return { flags: typeof flags === 'string' ? readFlags(flags) : [], ...(status > 0 && { status }), ...found };
}

function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
