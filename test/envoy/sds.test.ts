import { inBootstrap, overAds } from '../../src/envoy/sds';
import { encode } from '../../src/protos';

const NAME = 'envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig';

// If this fails, do not update it: every Envoy that is running would reset the handshakes of the listeners it has.
test('rule 21: the bytes that refer to a Secret are frozen', () => {
  expect(encode(NAME, overAds('default/edge')).toString('hex')).toBe('0a0c64656661756c742f6564676512041a003002');
});

test('a Secret of the same bootstrap is referred to by its name alone', () => {
  expect(inBootstrap('default/edge')).toEqual({ name: 'default/edge' });
});
