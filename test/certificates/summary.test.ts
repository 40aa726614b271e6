import { readKeyPair, summarise } from '../../src/certificates';
import { AT, authority, endingIn, secretOf, VALIDITY } from '../support/pki';

test('a key pair is summed up by its leaf and the first expiry of its chain', async () => {
  const root = await authority('Root');
  const intermediate = await root.createIntermediate({ commonName: 'Intermediate', ...endingIn(50) });
  const leaf = await intermediate.issue({
    commonName: 'edge',
    serial: '00a1b2',
    subjectAltNames: [
      { type: 'dns', value: 'edge.example' },
      { type: 'uri', value: 'spiffe://example/edge' },
      { type: 'ip', value: '10.0.0.1' },
      { type: 'ip', value: '2001:db8::1' },
      { type: 'email', value: 'edge@example.com' },
    ],
    ...VALIDITY,
  });
  const { value } = readKeyPair(secretOf({ 'tls.crt': leaf.chainPem, 'tls.key': leaf.privateKeyPem }), AT);
  expect(value && summarise(value)).toEqual({
    subject: 'CN=edge',
    issuer: 'CN=Intermediate',
    serial: 'a1b2',
    fingerprint: value?.certificates[0]?.fingerprint,
    subjectAltNames: [
      'dns:edge.example',
      'uri:spiffe://example/edge',
      'ip:10.0.0.1',
      'ip:2001:db8::1',
      'email:edge@example.com',
    ],
    notBefore: VALIDITY.notBefore.toISOString(),
    notAfter: endingIn(50).notAfter.toISOString(),
  });
});

test('what a certificate says cannot break a line or drive a terminal', async () => {
  const leaf = await (await authority()).issue({ commonName: 'a\u001b[31m\u202eb\r\nc', ...VALIDITY });
  const { value } = readKeyPair(secretOf({ 'tls.crt': leaf.chainPem, 'tls.key': leaf.privateKeyPem }), AT);
  // oxlint-disable-next-line no-control-regex
  expect(value?.certificates[0]?.subject).not.toMatch(/[\u0000-\u001f\u202e]/);
});
