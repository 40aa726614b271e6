import { CIPHER_NAMES, isCipherSuite, isCurve } from '../../src/validation/definition/tls-names';
import { validate } from '../support/envoy';

// What is accepted here is what a real Envoy accepts, and the other way round.

const TYPES = 'type.googleapis.com/envoy.extensions';

function cluster(name: string, parameters: object): object {
  return {
    name,
    transport_socket: {
      name: 'tls',
      typed_config: {
        '@type': `${TYPES}.transport_sockets.tls.v3.UpstreamTlsContext`,
        common_tls_context: { tls_params: parameters },
      },
    },
  };
}

async function accepts(parameters: readonly object[]): Promise<boolean> {
  const clusters = parameters.map((each, index) => cluster(`cluster ${index}`, each));
  return (await validate({ static_resources: { clusters } })).ok;
}

const WORDS = CIPHER_NAMES.filter((name) => !name.includes('-') && !name.startsWith('TLS_'));
const PAIRS = WORDS.flatMap((one) => WORDS.map((other) => `${one}+${other}`));
const LISTS = [
  '[ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]',
  '[ECDHE+AESGCM|AES128-SHA]',
  'ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA',
  '[ECDHE|AESGCM]:AES128-SHA',
];

test('Envoy accepts every cipher suite that is accepted here: names, words, pairs of words, groups and lists', async () => {
  const accepted = [...CIPHER_NAMES, ...PAIRS, ...LISTS].filter(isCipherSuite);
  expect(accepted.length).toBeGreaterThan(250);
  expect(await accepts(accepted.map((entry) => ({ cipher_suites: [entry] })))).toBe(true);
});

test.each([
  'AES128-SHA256',
  'ECDHE-RSA-AES256-SHA384',
  'TLS_AES_128_GCM_SHA256',
  'DHE-RSA-AES128-GCM-SHA256',
  'ecdhe-rsa-aes128-gcm-sha256',
  'SHA256',
  'ECDSA+kRSA',
  'CHACHA20+AESGCM',
  'ECDHE+3DES',
  '!aNULL',
  '-ALL',
  '+AES',
  '@STRENGTH',
  ' AES128-SHA',
  'AES128-SHA,AES256-SHA',
  'AES128-SHA AES256-SHA',
  '[AES128-SHA',
])('neither accepts the cipher suite %j', async (entry) => {
  expect(isCipherSuite(entry)).toBe(false);
  expect(await accepts([{ cipher_suites: [entry] }])).toBe(false);
});

const CURVES = ['X25519', 'x25519', 'P-256', 'prime256v1', 'P-384', 'secp384r1', 'P-521', 'secp521r1'];

test('Envoy accepts every curve that is accepted here', async () => {
  const accepted = [...CURVES, 'X25519MLKEM768', 'MLKEM1024'];
  expect(accepted.filter((curve) => !isCurve(curve))).toEqual([]);
  expect(await accepts(accepted.map((entry) => ({ ecdh_curves: [entry] })))).toBe(true);
});

test.each(['P256', 'secp256r1', 'P-224', 'X448', 'X25519Kyber768Draft00', 'mlkem1024', 'p-256', '[X25519|P-256]'])(
  'neither accepts the curve %j',
  async (entry) => {
    expect(isCurve(entry)).toBe(false);
    expect(await accepts([{ ecdh_curves: [entry] }])).toBe(false);
  },
);
