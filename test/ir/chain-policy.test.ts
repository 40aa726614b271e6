import { cleartextChainPolicy, tlsChainPolicy } from '../../src/ir/chain-policy';
import { definition } from '../support/decoded';

const listener = (securityModel: string, l7Depth: number) =>
  definition('Listener', {
    port: 1,
    protocol: 'HTTPS',
    securityModel,
    l7Depth,
    hostBinding: { namespace: { from: 'ALL' } },
  }).spec;
const stack = (tls: boolean) => ({ transport: 'tcp', http: true, tls, proxyProtocol: false }) as const;

// Every combination there is: who counts as secure, and whether the others are carried at all.
test.each([
  ['SECURE', 0, { secure: 'always', insecure: false }],
  ['SECURE', 1, { secure: 'always', insecure: false }],
  ['XFP', 0, { secure: 'always', insecure: false }],
  ['XFP', 1, { secure: 'by_header', insecure: true }],
  ['INSECURE', 0, { secure: 'never', insecure: true }],
  ['INSECURE', 1, { secure: 'never', insecure: true }],
])('%s behind %i proxies, the TLS chains', (model, depth, policy) => {
  expect(tlsChainPolicy(listener(model, depth))).toEqual(policy);
});

test.each([
  ['SECURE', 0, true, undefined],
  ['SECURE', 1, true, undefined],
  ['SECURE', 0, false, { secure: 'always', insecure: false }],
  ['SECURE', 1, false, { secure: 'always', insecure: false }],
  ['XFP', 0, true, { secure: 'never', insecure: true }],
  ['XFP', 1, true, { secure: 'never', insecure: true }],
  ['XFP', 0, false, { secure: 'never', insecure: true }],
  ['XFP', 1, false, { secure: 'by_header', insecure: true }],
  ['INSECURE', 0, true, { secure: 'never', insecure: true }],
  ['INSECURE', 1, true, { secure: 'never', insecure: true }],
  ['INSECURE', 0, false, { secure: 'never', insecure: true }],
  ['INSECURE', 1, false, { secure: 'never', insecure: true }],
])('%s behind %i proxies, the cleartext chain of a Listener with TLS %j', (model, depth, tls, policy) => {
  expect(cleartextChainPolicy(listener(model, depth), stack(tls))).toEqual(policy);
});

test('cleartext on a Listener with TLS is never secure, whatever the model and however many proxies', () => {
  for (const model of ['SECURE', 'XFP', 'INSECURE'])
    for (const depth of [0, 1, 5])
      expect(cleartextChainPolicy(listener(model, depth), stack(true))?.secure ?? 'never').toBe('never');
});
