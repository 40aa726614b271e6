import { istioAlpn } from '../../src/ir/istio-alpn';

test('`istio` alone is completed to what Istio’s own clients send', () => {
  expect(istioAlpn(['istio'], 'http/1.1')).toEqual(['istio-http/1.1', 'istio', 'http/1.1']);
  expect(istioAlpn(['istio'], 'http/2')).toEqual(['istio-h2', 'istio', 'h2']);
  expect(istioAlpn(['istio'], 'bytes')).toEqual(['istio']);
});

test('what is written otherwise stays', () => {
  for (const written of [['h2'], ['istio', 'h2'], []]) expect(istioAlpn(written, 'http/2')).toEqual(written);
});
