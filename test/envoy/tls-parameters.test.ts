import { CLIENT_DEFAULTS, SERVER_DEFAULTS, tlsParameters } from '../../src/envoy/tls-parameters';
import { NO_PARAMETERS } from './pieces';

test('nothing set leaves Envoy its defaults', () => {
  expect(tlsParameters(NO_PARAMETERS, CLIENT_DEFAULTS)).toBeUndefined();
});

test('what is set is kept, in its order', () => {
  const input = {
    minVersion: 'v1.1',
    maxVersion: 'v1.3',
    cipherSuites: ['B', 'A'],
    ecdhCurves: ['X25519', 'P-256'],
    alpnProtocols: [],
  } as const;
  expect(tlsParameters(input, SERVER_DEFAULTS)).toEqual({
    tls_minimum_protocol_version: 'TLSv1_1',
    tls_maximum_protocol_version: 'TLSv1_3',
    cipher_suites: ['B', 'A'],
    ecdh_curves: ['X25519', 'P-256'],
  });
});

test('a minimum beyond the default maximum of clients raises it', () => {
  expect(tlsParameters({ ...NO_PARAMETERS, minVersion: 'v1.3' }, CLIENT_DEFAULTS)).toEqual({
    tls_minimum_protocol_version: 'TLSv1_3',
    tls_maximum_protocol_version: 'TLSv1_3',
  });
  expect(tlsParameters({ ...NO_PARAMETERS, minVersion: 'v1.3' }, SERVER_DEFAULTS)).toEqual({
    tls_minimum_protocol_version: 'TLSv1_3',
  });
});

test('a maximum below the default minimum lowers it', () => {
  expect(tlsParameters({ ...NO_PARAMETERS, maxVersion: 'v1.1' }, SERVER_DEFAULTS)).toEqual({
    tls_minimum_protocol_version: 'TLSv1_1',
    tls_maximum_protocol_version: 'TLSv1_1',
  });
});
