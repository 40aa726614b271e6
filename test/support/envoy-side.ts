import type { LogLine } from '../../src/explanation';

/** Who ended a handshake, as far as Envoy’s access log tells. */
export type Ending = 'goes through' | 'we refuse' | 'they refuse' | 'no TLS there' | 'not reached';

/** What an Envoy says of its connection to an upstream. */
export function endingOf(
  status: number | undefined,
  { upstreamFailure = '', responseCodeDetails = '' }: LogLine,
): Ending {
  const said = `${upstreamFailure} ${responseCodeDetails}`.replaceAll(' ', '_');
  if (status === 200) return 'goes through';
  if (/WRONG_VERSION_NUMBER|HTTP_REQUEST/.test(said)) return 'no TLS there';
  if (/CERTIFICATE_VERIFY_FAILED|UNSUPPORTED_PROTOCOL|KEY_USAGE_BIT_INCORRECT|BAD_ECC_CERT/.test(said))
    return 'we refuse';
  if (/delayed_connect_error|connection_timeout|connect_timeout|immediate_connect_error/i.test(said))
    return 'not reached';
  return 'they refuse';
}
