import type { LogLine } from './log-line';
import { readFlags } from './response-flag';

/**
 * The beginning of Envoy’s default format and of Ambassador’s: nothing that a client writes is before the request line, and there its
 * method, path and protocol have no blank in them. `[time] "method path protocol" status flags`
 */
const HEAD = /^[^"]{0,500}\[[^\]"]{1,100}\] "\S+ \S+ \S+" (\d{1,3}) ([A-Za-z,-]{1,500}) /;
/** How Envoy’s own format goes on: response code details, connection termination details, transport failure reason, and three numbers. */
const ENVOY = /^(\S+) (\S+) "([^"]*)" \d+ \d+ \d+ /;
/** The body of a 503. */
const BODY =
  /^upstream connect error or disconnect\/reset before headers\. (?:retried and the latest )?reset reason: ([^,]+)(?:, transport failure reason: ?(.+))?$/;
/** How a reason begins that stands by itself, as in a field; and what it may be made of. Two expressions, so that each takes linear time. */
const REASON = /^(?:TLS.error[:|]|[\w:|()-]*(?:CERTIFICATE|SSLV3_|TLSV1_|SAN_matcher)|delayed.connect.error:)/;
const OF_REASONS = /^[\w:|()[\]., -]*$/;

/** Reads a line that is not JSON. What is not in its place is not found. */
export function readText(text: string): LogLine {
  const head = HEAD.exec(text);
  return head === null ? readReason(text) : readAccess(text.slice(head[0].length), head);
}

function readAccess(rest: string, [, status, flags = '']: RegExpExecArray): LogLine {
  const [, details, termination, reason] = ENVOY.exec(rest) ?? [];
  return {
    flags: readFlags(flags),
    status: Number(status),
    ...given('responseCodeDetails', details),
    ...given('terminationDetails', termination),
    ...given('upstreamFailure', reason),
  };
}

function readReason(text: string): LogLine {
  const body = BODY.exec(text);
  if (body !== null) {
    const [, resetReason = '', reason] = body;
    const details = `upstream_reset_before_response_started{${resetReason.trim().replaceAll(' ', '_')}}`;
    return { flags: flagsOf(resetReason), responseCodeDetails: details, ...given('upstreamFailure', reason) };
  }
  return { flags: readFlags(text), ...(OF_REASONS.test(text) && REASON.test(text) && { upstreamFailure: text }) };
}

/** The body has no flags, but says in words what they say. */
function flagsOf(resetReason: string): readonly string[] {
  if (/connection failure/i.test(resetReason)) return ['UF'];
  if (/connection termination/i.test(resetReason)) return ['UC'];
  if (/overflow/i.test(resetReason)) return ['UO'];
  return /remote reset/i.test(resetReason) ? ['UR'] : [];
}

function given<Name extends keyof LogLine>(name: Name, value: string | undefined): { readonly [N in Name]?: string } {
  return value === undefined || value === '-' || value === ''
    ? {}
    : ({ [name]: value } as { readonly [N in Name]: string });
}
