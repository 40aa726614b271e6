import { type Certificate, readKeyPair } from '../../src/certificates';
import type { Observation, Offer } from '../../src/rehearsal';
import { type Outcome, verdictOf } from '../../src/rehearsal';
import { AT, authority, EXPIRED, FUTURE, secretOf, VALIDITY } from '../support/pki';

const OFFER: Offer = {
  minVersion: 'v1.2',
  maxVersion: 'v1.2',
  cipherSuites: ['ECDHE-RSA-AES128-GCM-SHA256'],
  curves: ['X25519'],
  alpnProtocols: ['h2'],
  sni: 'pay.test',
};
const certificates = new Map<string, Certificate>();

beforeAll(async () => {
  const ca = await authority();
  for (const [name, request] of [
    ['good', VALIDITY],
    ['expired', EXPIRED],
    ['early', FUTURE],
    ['for servers', { ...VALIDITY, usages: ['server'] as const }],
  ] as const) {
    const issued = await ca.issue({ commonName: 'edge', ...request });
    const data = secretOf({ 'tls.crt': issued.chainPem, 'tls.key': issued.privateKeyPem });
    const value = readKeyPair(data, request.notBefore).value?.certificates[0];
    if (value !== undefined) certificates.set(name, value);
  }
});

type Row = readonly [string | undefined, Partial<Observation>, Outcome, RegExp, string];

test.each<Row>([
  [undefined, { end: 'content', protocol: 'TLSv1.2' }, 'goes through', /^TLSv1\.2, without a client/, 'offered'],
  ['good', { end: 'content', protocol: 'TLSv1.3' }, 'goes through', /with client certificate CN=edge$/, 'offered'],
  ['good', { end: 'no connection', network: 'ECONNREFUSED' }, 'not reached', /nothing listens/, 'address'],
  ['good', { end: 'no connection', network: 'ENOTFOUND' }, 'not reached', /cannot be resolved/, 'address'],
  ['good', { end: 'no connection', network: 'EODD' }, 'not reached', /EODD/, 'address'],
  ['good', { end: 'timeout', stage: 'connecting' }, 'not reached', /no connection within/, 'address'],
  ['good', { end: 'timeout', stage: 'hello' }, 'not reached', /nothing answers/, 'address'],
  ['good', { end: 'timeout', stage: 'certificate' }, 'not reached', /in the middle/, 'address'],
  [
    'good',
    { end: 'refused by us', refusal: { reason: 'wrong name', fix: 'mend' } },
    'we refuse the upstream',
    /wrong name/,
    'demanded',
  ],
  ['good', { end: 'refused by us', complaint: 'WRONG_VERSION_NUMBER' }, 'no TLS there', /not TLS/, 'address'],
  ['good', { end: 'refused by us', complaint: 'UNSUPPORTED_PROTOCOL' }, 'nothing in common', /TLS 1\.2/, 'offered'],
  ['good', { end: 'refused by us', complaint: 'ODD' }, 'we refuse the upstream', /ODD/, 'offered'],
  ['good', { alert: 'protocol_version' }, 'nothing in common', /TLS 1\.2/, 'offered'],
  ['good', { alert: 'handshake_failure', stage: 'hello' }, 'nothing in common', /X25519/, 'offered'],
  ['good', { alert: 'unknown_ca' }, 'the upstream refuses us', /does not know the CA/, 'presented'],
  [undefined, { alert: 'unknown_ca' }, 'the upstream refuses us', /presented no certificate/, 'presented'],
  ['good', { alert: 'bad_certificate' }, 'the upstream refuses us', /does not accept/, 'presented'],
  ['expired', { alert: 'bad_certificate' }, 'the upstream refuses us', /expired on 2021/, 'presented'],
  ['early', { alert: 'bad_certificate' }, 'the upstream refuses us', /not valid before 2100/, 'presented'],
  ['for servers', { alert: 'unsupported_certificate' }, 'the upstream refuses us', /clientAuth/, 'presented'],
  ['expired', { alert: 'certificate_expired' }, 'the upstream refuses us', /ends on 2021/, 'presented'],
  ['good', { alert: 'certificate_revoked' }, 'the upstream refuses us', /revoked/, 'presented'],
  ['good', { alert: 'access_denied' }, 'the upstream refuses us', /does not allow/, 'presented'],
  [undefined, { alert: 'certificate_required' }, 'the upstream refuses us', /we have none/, 'presented'],
  ['good', { alert: 'unrecognized_name' }, 'the upstream refuses us', /pay\.test/, 'offered'],
  ['good', { alert: 'no_application_protocol' }, 'the upstream refuses us', /h2/, 'offered'],
  ['good', { alert: 'internal_error' }, 'the upstream refuses us', /internal_error/, 'offered'],
  [
    undefined,
    { alert: 'handshake_failure', certificateRequested: true },
    'the upstream refuses us',
    /demands a client certificate/,
    'presented',
  ],
  [undefined, { certificateRequested: true }, 'the upstream refuses us', /we have none/, 'presented'],
  [undefined, {}, 'the upstream refuses us', /likely demands one/, 'presented'],
  ['good', {}, 'the upstream refuses us', /without an alert once it has seen/, 'presented'],
  ['expired', {}, 'the upstream refuses us', /expired on/, 'presented'],
  ['good', { stage: 'hello' }, 'the upstream refuses us', /on our ClientHello/, 'offered'],
  ['good', { certificateRequested: false }, 'the upstream refuses us', /has not asked/, 'offered'],
])('certificate %s, %j: %s', (name, seen, outcome, reason, about) => {
  const presented = certificates.get(name ?? '');
  expect(presented === undefined).toBe(name === undefined);
  const attempt = { offer: OFFER, ...(presented !== undefined && { presented }) };
  const verdict = verdictOf({ end: 'ended by the upstream', stage: 'certificate', ...seen }, attempt, AT);
  expect(verdict).toMatchObject({ outcome, reason: expect.stringMatching(reason), about });
  expect(verdict.fix === undefined).toBe(outcome === 'goes through');
});
