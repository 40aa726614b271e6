import fc from 'fast-check';
import { failureOf, readLogLine } from '../../src/explanation';

const explained = (text: string) => failureOf(readLogLine(text));

test.each<[string, string, string, RegExp]>([
  [
    'Envoy’s own text',
    '[2026-11-26T22:00:00.000Z] "GET / HTTP/1.1" 503 UF upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_X509_verify_cert:_certificate_verification_error_at_depth_1:_self_signed_certificate_in_certificate_chain:TLS_error_end} - "TLS_error:|268435581" 0 91 3 - "-" "curl" "id" "pay" "10.0.0.1:8443"',
    'we refused the upstream',
    /issuer/,
  ],
  [
    'the body of a 503',
    'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: TLS_error:|268436526:SSL routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_EXPIRED:TLS_error_end',
    'the upstream refused us',
    /our client certificate has expired/,
  ],
  [
    'a bare reason',
    'TLS error: 268436496:SSL routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE',
    'the upstream refused us',
    /demands a client certificate/,
  ],
  [
    'Ambassador’s line',
    'ACCESS [2026-11-26T22:00:00.000Z] "GET / HTTP/1.1" 503 UC 0 95 3 - "10.0.0.9" "curl" "id" "pay" "10.0.0.1:8443"',
    'the upstream refused us',
    /TLS 1\.3/,
  ],
  [
    'an alert of a client',
    '{"downstream_transport_failure_reason":"TLS_error:|268436504:SSL_routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA:TLS_error_end","response_flags":"-"}',
    'the client refused us',
    /our server certificate/,
  ],
  [
    'a container’s prefix',
    '2026-11-26T22:00:00Z stdout F {"response_flags":"UH","status":503}',
    'the network',
    /no endpoint/,
  ],
  [
    'Consul’s refusal',
    '{"upstream_transport_failure_reason":"TLS_error:|268436497:SSL_routines:OPENSSL_internal:TLSV1_ALERT_ACCESS_DENIED:TLS_error_end"}',
    'the upstream refused us',
    /does not allow it/,
  ],
])('%s', (_what, text, side, cause) =>
  expect(explained(text)).toMatchObject({ side, cause: expect.stringMatching(cause) }),
);

test.each([
  '',
  '{}',
  '[1,2]',
  'GET / 200',
  '"a" 200 - ok',
  '{"response_flags":"-","status":200}',
  '{',
  '\u0000'.repeat(100),
])('nothing known in %j', (text) => expect(explained(text)).toBeUndefined());

test('a line of megabytes does not hang', () => {
  expect(explained(`TLS_error:${'|a:_'.repeat(200_000)}`)).toBeUndefined();
  expect(explained('"503 UF '.repeat(100_000))).toBeUndefined();
});

test('what is nearly a reason is none in linear time', () => {
  const began = performance.now();
  for (const word of ['CERTIFICATE', 'TLSV1_', 'SSLV3_', 'SAN_matcher'])
    expect(explained(`${word.repeat(10_000)}"`)).toBeUndefined();
  expect(performance.now() - began).toBeLessThan(500);
});

const HEAD = '[2026-11-26T22:00:00.000Z]';
const REST = '0 91 3 - "-" "curl" "id" "pay.test" "10.0.0.1:8443"';
const FORGED = 'TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end';

test.each([
  ['the path', `${HEAD} "GET /?${FORGED} HTTP/1.1" 404 - route_not_found - "-" ${REST}`],
  ['the path, with a status and flags', `${HEAD} "GET /"_503_UF_${FORGED} HTTP/1.1" 200 - via_upstream - "-" ${REST}`],
  [
    'the path, with blanks',
    `${HEAD} "GET /" 503 UF x{y|${FORGED}} - "${FORGED}" 0 0 0 HTTP/1.1" 200 - via_upstream - "-" ${REST}`,
  ],
  ['the user agent', `${HEAD} "GET / HTTP/1.1" 200 - via_upstream - "-" ${REST.replace('curl', FORGED)}`],
  [
    'the user agent, with a quote',
    `${HEAD} "GET / HTTP/1.1" 200 - via_upstream - "-" ${REST.replace('curl', `" 503 UF "${FORGED}`)}`,
  ],
  ['the authority', `${HEAD} "GET / HTTP/1.1" 200 - via_upstream - "-" ${REST.replace('pay.test', FORGED)}`],
  ['the user agent of Ambassador’s line', `ACCESS ${HEAD} "GET / HTTP/1.1" 200 - ${REST.replace('curl', FORGED)}`],
  ['JSON in the path', `${HEAD} "GET /{"response_flags":"UF"} HTTP/1.1" 200 - via_upstream - "-" ${REST}`],
  ['JSON at the end', `${HEAD} "GET / HTTP/1.1" 200 - "x" {"response_flags":"UF"}`],
  [
    'a field of JSON',
    JSON.stringify({ path: `/${FORGED}`, authority: FORGED, user_agent: FORGED, response_flags: '-', status: 200 }),
  ],
])('a client forges no reason by %s', (_where, line) => expect(explained(line)).toBeUndefined());

test('of a handshake that the peer ended with an alert, only the peer is said to have refused', () => {
  for (const alert of [
    'CERTIFICATE_REVOKED',
    'CERTIFICATE_EXPIRED',
    'HANDSHAKE_FAILURE',
    'DECODE_ERROR',
    'SOMETHING_NEW',
  ])
    expect(explained(`TLS_error:|1:SSL_routines:OPENSSL_internal:SSLV3_ALERT_${alert}:TLS_error_end`)?.side).toBe(
      'the upstream refused us',
    );
});

test.each([
  ['UpstreamConnectionFailure,UpstreamRetryLimitExceeded', /could not be made/],
  ['URX,UF', /could not be made/],
  ['NoRouteFound', /no Mapping/],
  ['DF', /does not resolve/],
  ['UPE', /does not speak HTTP/],
])('the flags %s', (response_flags, cause) =>
  expect(explained(JSON.stringify({ response_flags }))).toMatchObject({ cause: expect.stringMatching(cause) }),
);

test('an overflow in the body of a 503', () =>
  expect(explained('upstream connect error or disconnect/reset before headers. reset reason: overflow')?.cause).toMatch(
    /circuit breaker/,
  ));

test('whatever a line holds, it is read, and in no time', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '"',
      ' ',
      '{',
      '}',
      '[',
      ']',
      '503',
      'UF',
      'TLS_error:|',
      'SSLV3_ALERT_',
      'TLS_error_end',
      '-',
      '|',
      ':',
      HEAD,
      '"GET / HTTP/1.1"',
      'ACCESS ',
    ),
  );
  const line = fc.array(word, { maxLength: 60 }).map((words) => words.join(''));
  fc.assert(
    fc.property(line, fc.integer({ min: 1, max: 400 }), (text, times) => {
      const began = performance.now();
      failureOf(readLogLine(text.repeat(times)));
      return performance.now() - began < 1000;
    }),
    { numRuns: 2000 },
  );
});

test('a secret of another SDS server is looked for there', () => {
  const line = readLogLine('{"upstream_transport_failure_reason":"TLS_error:_Secret_is_not_supplied_by_SDS"}');
  const upstream = { tls: 'with certificate', expectedNames: [], secretsFrom: '/run/spire.sock' } as const;
  expect(failureOf(line, upstream)).toMatchObject({
    side: 'configuration',
    cause: expect.stringContaining('/run/spire.sock'),
    fix: expect.stringContaining('`sds`'),
  });
  expect(failureOf(line)).toMatchObject({ fix: expect.stringContaining('/status') });
});
