import { decoded, text } from '../support/decoded';

const MAPPING = { hostname: '*', prefix: '/', service: 'a' };
const LABEL = 'v3alpha1 says what a label is: write ';

function findings(written: string) {
  return decoded(written).flatMap(({ diagnostics }) => diagnostics);
}

test.each<[string, object, string]>([
  ['tls: true', { tls: true }, 'write https:// in `service`, or name a TLSContext'],
  ['a header that must be there', { headers: { 'x-a': true } }, 'write regex_headers: {x-a: ".*"}'],
  [
    'a parameter that must be there',
    { query_parameters: { 'a b': true } },
    'write regex_query_parameters: {"a b": ".*"}',
  ],
  [
    'a time without its unit',
    { retry_policy: { retry_on: '5xx', per_try_timeout: 1 } },
    'write it in seconds, such as 1.5s',
  ],
  [
    'a time in other units',
    { retry_policy: { retry_on: '5xx', per_try_timeout: '250ms' } },
    'write it in seconds, such as 1.5s',
  ],
  ['methods in one text', { cors: { methods: 'GET, POST' } }, 'write the list [GET, POST]'],
  ['keepalive by Emissary’s name', { keepalive: { time: 3 } }, 'write idle_time'],
  [
    'labels as v2 writes them',
    { labels: { ambassador: [{ g: ['backend', 'remote_address'] }] } },
    `${LABEL}{generic_key: {value: backend}}`,
  ],
  [
    'a label that Envoy knows',
    { labels: { d: [{ g: ['remote_address'] }] } },
    `${LABEL}{remote_address: {key: remote_address}}`,
  ],
  [
    'what is not there yet',
    { outlier_detection: {} },
    'remove the field, and see whether health_checks or retry_policy do instead',
  ],
])('%s: the fix says what to write', (_what, fields, fix) => {
  expect(findings(text('Mapping', { ...MAPPING, ...fields })).map((finding) => finding.fix)).toEqual([fix]);
});

test('each group of old labels is told once', () => {
  const labels = { d: [{ g: ['a', 'b'] }, { h: ['c', { generic_key: { value: 'd' } }] }] };
  expect(findings(text('Mapping', { ...MAPPING, labels }))).toHaveLength(2);
});

test('a value that must be another one is not to be removed', () => {
  const [finding] = findings(text('TracingService', { service: 'a:1', driver: 'lightstep' }));
  expect(finding).toMatchObject({ code: 'CS1021', fix: expect.stringMatching(/^write driver: opentelemetry/) });
});

test.each<[Parameters<typeof text>[0], object]>([
  ['Mapping', MAPPING],
  ['TCPMapping', { port: 1, service: 'a' }],
  ['AuthService', { auth_service: 'a', proto: 'http' }],
  ['RateLimitService', { service: 'a', protocol_version: 'v3' }],
  ['LogService', { service: 'a', driver: 'http', grpc: true, protocol_version: 'v3' }],
  ['TracingService', { service: 'a:1', driver: 'zipkin' }],
])('tls: "" of %s says nothing, and is told so', (kind, spec) => {
  const [entry] = decoded(text(kind, { ...spec, tls: '' }));
  expect(entry?.diagnostics).toMatchObject([{ code: 'CS1028', severity: 'warning' }]);
  expect(entry?.definition?.spec).toEqual(spec);
});

test('an apiVersion of the annotation is quoted as it is written', () => {
  const annotation = 'apiVersion: ambassador/v1\nkind: Host\nname: h\nhostname: x\n';
  const metadata = { name: 's', annotations: { 'getambassador.io/config': annotation } };
  const service = `${JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata, spec: {} })}\n`;
  expect(findings(service).map(({ message }) => message)).toEqual([
    'apiVersion "ambassador/v1" of Host is not supported: the kind is younger than that version',
  ]);
});
