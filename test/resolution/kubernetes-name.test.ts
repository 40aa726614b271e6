import { kubernetesName } from '../../src/resolution/kubernetes-name';
import type { Policy } from '../../src/resolution/policy';

const policy: Policy = { strict: false, forceSecretValidation: false, installNamespace: 'gateway' };

test.each([
  ['quote', { service: 'quote', namespace: 'gateway', domain: 'cluster.local' }],
  ['quote.apps', { service: 'quote', namespace: 'apps', domain: 'cluster.local' }],
  ['quote.apps.svc', { service: 'quote', namespace: 'apps', domain: 'cluster.local' }],
  ['quote.apps.svc.k8s.example.org', { service: 'quote', namespace: 'apps', domain: 'k8s.example.org' }],
  ['api.example.org', undefined],
  ['10.0.0.1', undefined],
  ['2001:db8::1', undefined],
  ['localhost', undefined],
  ['quote.', undefined],
])('%s', (host, expected) => {
  expect(kubernetesName(host, policy)).toEqual(expected);
});
