import { any, decode, encode } from '../../src/protos';
import type { EnvoyMessages } from '../../src/protos';

const SECRET = 'envoy.extensions.transport_sockets.tls.v3.Secret';
const KEY = 'the private key of the test';
const inline = (text: string) => ({ inline_bytes: Buffer.from(text) });

function secret(message: Omit<EnvoyMessages[typeof SECRET], 'name'>): Buffer {
  return encode(SECRET, { name: 'default/pay', ...message });
}

test('a private key is hidden, its chain is not', () => {
  const bytes = secret({
    tls_certificate: { certificate_chain: { inline_string: 'chain' }, private_key: inline(KEY) },
  });
  expect(decode(SECRET, bytes)).toEqual({
    name: 'default/pay',
    tls_certificate: { certificate_chain: { inline_string: 'chain' }, private_key: { inline_string: '[redacted]' } },
  });
});

test('revealKeys shows it', () => {
  const bytes = secret({ tls_certificate: { private_key: { inline_string: KEY } } });
  expect(decode(SECRET, bytes, { revealKeys: true })).toEqual({
    name: 'default/pay',
    tls_certificate: { private_key: { inline_string: KEY } },
  });
});

test('where a key is to be found stays readable', () => {
  const bytes = secret({
    tls_certificate: { private_key: { environment_variable: 'PAY_KEY' }, password: { filename: '/run/password' } },
  });
  expect(decode(SECRET, bytes)).toMatchObject({
    tls_certificate: { private_key: { environment_variable: 'PAY_KEY' }, password: { filename: '/run/password' } },
  });
});

test.each<[string, () => Buffer]>([
  ['a PKCS#12 store', () => secret({ tls_certificate: { pkcs12: inline(KEY) } })],
  ['the password of a key', () => secret({ tls_certificate: { password: inline(KEY) } })],
  ['session ticket keys', () => secret({ session_ticket_keys: { keys: [inline(KEY), inline(KEY)] } })],
  ['a generic secret', () => secret({ generic_secret: { secret: { inline_string: KEY } } })],
  [
    'the settings of a private key provider',
    () =>
      secret({
        tls_certificate: {
          private_key_provider: {
            provider_name: 'x',
            typed_config: any('google.protobuf.StringValue', { value: KEY }),
          },
        },
      }),
  ],
])('%s is hidden, within an Any too', (_what, bytes) => {
  const held = encode('google.protobuf.Any', { type_url: `type.googleapis.com/${SECRET}`, value: bytes() });
  const printed = JSON.stringify(decode('google.protobuf.Any', held));
  expect(printed).toContain('[redacted]');
  expect(printed).not.toContain(KEY);
  expect(printed).not.toContain(Buffer.from(KEY).toString('base64'));
});

test('a trust bundle given as bytes comes out in base64', () => {
  const bytes = secret({ validation_context: { trusted_ca: inline('ca') } });
  expect(decode(SECRET, bytes)).toMatchObject({ validation_context: { trusted_ca: { inline_bytes: 'Y2E=' } } });
});
