import { listenerStack } from '../../src/resolution/listener-stack';
import { DEFAULT_POLICY } from '../../src/resolution/policy';
import { resolverOf } from '../../src/resolution/resolver';
import { servicePortOf } from '../../src/resolution/service-port';
import { resolveTlsContext } from '../../src/resolution/tls-context';
import { caReferences, certificateReference } from '../../src/resolution/tls-secrets';
import { downstreamTrust, upstreamTrust } from '../../src/resolution/trust';
import { upstreamOf } from '../../src/resolution/upstream';
import { upstreamReferenceOf } from '../../src/resolution/upstream-reference';
import { definition, definitions, fixtureSecret, text } from '../support/decoded';

describe('a TLSContext by name', () => {
  const context = (namespace: string) => text('TLSContext', {}, { name: 'tls', namespace });

  test('that of the namespace itself comes first, whatever others there are', () => {
    const found = resolveTlsContext(definitions(context('other'), context('mine')), 'tls', 'mine');
    expect(found).toMatchObject({ type: 'found', crossNamespace: false, context: { metadata: { namespace: 'mine' } } });
  });

  test('the only one elsewhere is found, and said to be elsewhere', () => {
    expect(resolveTlsContext(definitions(context('other')), 'tls', 'mine')).toMatchObject({
      type: 'found',
      crossNamespace: true,
    });
  });

  test('several elsewhere are ambiguous; none is missing', () => {
    expect(resolveTlsContext(definitions(context('a'), context('b')), 'tls', 'mine').type).toBe('ambiguous');
    expect(resolveTlsContext(definitions(context('a')), 'other', 'mine').type).toBe('missing');
  });
});

describe('a Secret by name', () => {
  const moduleText = (namespacing: boolean) =>
    text('Module', { config: { defaults: { tls_secret_namespacing: namespacing } } }, { name: 'ambassador' });

  test.each([
    ['name', undefined, undefined, 'mine', 'name'],
    ['a.b.ns', undefined, undefined, 'ns', 'a.b'],
    ['a.ns', false, undefined, 'mine', 'a.ns'],
    ['a.ns', undefined, false, 'mine', 'a.ns'],
    ['a.ns', true, false, 'ns', 'a'],
    ['a.ns', undefined, true, 'ns', 'a'],
    ['a.', undefined, undefined, 'mine', 'a.'],
  ])('%s with secret_namespacing %j and the Module %j', (secret, own, byModule, namespace, name) => {
    const context = definition(
      'TLSContext',
      { secret, ca_secret: secret, ...(own !== undefined && { secret_namespacing: own }) },
      { namespace: 'mine' },
    );
    const all = definitions(...(byModule === undefined ? [] : [moduleText(byModule)]));
    expect(certificateReference(context, all)).toEqual({ namespace, name, path: ['spec', 'secret'] });
    expect(caReferences(context, context.spec, ['spec'], all)).toEqual([
      { namespace, name, path: ['spec', 'ca_secret'] },
    ]);
  });

  test('none named is none', () => {
    const context = definition('TLSContext', {});
    expect(certificateReference(context, definitions())).toBeUndefined();
    expect(caReferences(context, context.spec, ['spec'], definitions())).toEqual([]);
  });
});

describe('whom to trust', () => {
  const secrets = definitions(
    fixtureSecret('client-ec', 'bare'),
    fixtureSecret('client-ec-with-ca', 'with-ca'),
    fixtureSecret('client-istio', 'istio'),
  );
  const context = (spec: object) => definition('TLSContext', spec);
  const secret = (name: string, role: string) => ({ type: 'secret', role, references: [{ name }] });

  test.each([
    ['nothing', { secret: 'bare' }, undefined],
    ['the CA beside the certificate', { secret: 'with-ca' }, secret('with-ca', 'own')],
    ['Istio’s root beside the certificate', { secret: 'istio' }, secret('istio', 'own')],
    ['ca_secret alone', { ca_secret: 'roots' }, secret('roots', 'declared')],
    [
      'ca_secret before the CA beside the certificate',
      { secret: 'with-ca', ca_secret: 'roots' },
      secret('roots', 'declared'),
    ],
    ['the system', { secret: 'with-ca', verify: { trust: 'system' } }, { type: 'system' }],
    ['ca_secret before the system', { ca_secret: 'roots', verify: { trust: 'system' } }, secret('roots', 'declared')],
  ])('upstream: %s', (_what, spec, expected) => {
    const trust = upstreamTrust(context(spec), secrets);
    if (expected === undefined) expect(trust).toBeUndefined();
    else expect(trust).toMatchObject({ anchors: expected });
  });

  test.each([
    ['not ca.crt, which names the issuer of the server', 'with-ca', {}, undefined],
    ['root-cert.pem', 'istio', {}, secret('istio', 'own')],
    ['ca_secret', 'with-ca', { ca_secret: 'roots' }, secret('roots', 'declared')],
    [
      'a list, sorted, each once',
      'with-ca',
      { ca_secret: ['roots', 'new-roots', 'roots.default'] },
      {
        type: 'secret',
        role: 'declared',
        references: [
          { namespace: 'default', name: 'new-roots' },
          { namespace: 'default', name: 'roots' },
        ],
      },
    ],
  ])('downstream: %s', (_what, certificate, tls, expected) => {
    const host = definition('Host', { tlsSecret: { name: certificate }, tls });
    const source = { type: 'secret', reference: { namespace: 'default', name: certificate, path: [] } } as const;
    const trust = downstreamTrust(host, host.spec.tls ?? {}, ['spec', 'tls'], source, secrets);
    if (expected === undefined) expect(trust).toBeUndefined();
    else expect(trust).toMatchObject({ anchors: expected });
  });
});

describe('an upstream', () => {
  const upstream = (spec: object, namespace = 'team', module?: object) => {
    const all = definitions(
      ...(module === undefined ? [] : [text('Module', { config: module }, { name: 'ambassador' })]),
    );
    return upstreamOf(
      upstreamReferenceOf(definition('Mapping', { prefix: '/', ...spec }, { namespace })),
      all,
      DEFAULT_POLICY,
    );
  };

  test.each([
    [{ service: 'quote' }, 'quote.team', 80, false],
    [{ service: 'quote.other' }, 'quote.other', 80, false],
    [{ service: 'http://quote' }, 'quote.team', 80, false],
    [{ service: 'https://quote' }, 'quote.team', 443, true],
    [{ service: 'quote', tls: 'x' }, 'quote.team', 443, true],
    [{ service: 'http://quote', tls: 'x' }, 'quote.team', 443, true],
    [{ service: 'quote:80', tls: 'x' }, 'quote.team', 80, true],
    [{ service: 'localhost' }, 'localhost', 80, false],
    [{ service: '[::1]' }, '::1', 80, false],
  ])('%j', (spec, host, port, tls) => {
    expect(upstream(spec)).toMatchObject({ host, port, tls });
  });

  test('stays unqualified in the install namespace, or where the Module says so', () => {
    expect(upstream({ service: 'quote' }, 'default')?.host).toBe('quote');
    const module = { use_ambassador_namespace_for_service_resolution: true };
    expect(upstream({ service: 'quote' }, 'team', module)?.host).toBe('quote');
  });

  test('is none where the service or the resolver means nothing', () => {
    expect(upstream({ service: 'tcp://quote' })).toBeUndefined();
    expect(upstream({ service: 'quote', resolver: 'nobody' })).toBeUndefined();
  });
});

describe('a resolver', () => {
  const all = definitions(
    text('KubernetesEndpointResolver', {}, { name: 'mine' }),
    text('KubernetesServiceResolver', {}, { name: 'dns' }),
    text('Module', { config: { resolver: 'mine' } }, { name: 'ambassador' }),
  );
  const resolver = (spec: object) =>
    resolverOf(upstreamReferenceOf(definition('Mapping', { prefix: '/', service: 'x', ...spec })), all);

  test.each([
    ['kubernetes-service', 'dns'],
    ['kubernetes-endpoint', 'endpoints'],
    ['endpoint', 'endpoints'],
    ['mine', 'endpoints'],
    ['dns', 'dns'],
  ])('%s resolves by %s', (name, type) => expect(resolver({ resolver: name })).toEqual({ name, type }));

  test('the Module says which, where the Mapping does not', () => {
    expect(resolver({})).toEqual({ name: 'mine', type: 'endpoints' });
    const mapping = definition('Mapping', { prefix: '/', service: 'x' });
    expect(resolverOf(upstreamReferenceOf(mapping), definitions())).toEqual({
      name: 'kubernetes-service',
      type: 'dns',
    });
  });

  test('an unknown one is none', () => expect(resolver({ resolver: 'nobody' })).toBeUndefined());
});

test('a Service port is found by the port of the Service, in the namespace that the service or the Mapping names', () => {
  const ports = [
    { name: 'web', port: 80, targetPort: 8080 },
    { name: 'tls', port: 443 },
  ];
  const all = definitions(text('Service', { ports }, { name: 'quote', namespace: 'team' }));
  const port = (service: string, namespace: string) => {
    const mapping = definition('Mapping', { prefix: '/', service, resolver: 'endpoint' }, { namespace });
    const upstream = upstreamOf(upstreamReferenceOf(mapping), all, DEFAULT_POLICY);
    return upstream && servicePortOf(upstream, all, DEFAULT_POLICY);
  };
  expect(port('quote', 'team')).toMatchObject({ portName: 'web', port: 80 });
  expect(port('https://quote.team', 'other')).toMatchObject({ portName: 'tls', port: 443 });
  expect(port('quote', 'other')).toBeUndefined();
  expect(port('quote:8080', 'team')).toBeUndefined();
});

test.each([
  [{ protocol: 'HTTP' }, { http: true, tls: false, proxyProtocol: false }],
  [{ protocol: 'HTTPS' }, { http: true, tls: true, proxyProtocol: false }],
  [{ protocol: 'HTTPPROXY' }, { http: true, tls: false, proxyProtocol: true }],
  [{ protocol: 'HTTPSPROXY' }, { http: true, tls: true, proxyProtocol: true }],
  [{ protocol: 'TCP' }, { http: false, tls: false, proxyProtocol: false }],
  [{ protocol: 'TLS' }, { http: false, tls: true, proxyProtocol: false }],
  [
    { protocol: 'HTTP', protocolStack: ['TLS', 'HTTP', 'TCP'] },
    { http: true, tls: true, proxyProtocol: false },
  ],
  [{ protocolStack: ['PROXY', 'TCP'] }, { http: false, tls: false, proxyProtocol: true }],
])('a Listener with %j has the stack %j', (protocol, stack) => {
  const listener = definition('Listener', {
    port: 1,
    securityModel: 'XFP',
    hostBinding: { namespace: { from: 'ALL' } },
    ...protocol,
  });
  expect(listenerStack(listener.spec)).toEqual({ transport: 'tcp', ...stack });
});
