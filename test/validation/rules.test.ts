import { commandProblem } from '../../src/validation/definition/command-operators';
import { fixtureSecret, text } from '../support/decoded';
import { findings, judged } from './findings';

const mapping = (name: string, spec: object) =>
  text('Mapping', { hostname: '*', prefix: '/', service: 'x', ...spec }, { name });
const context = (name: string, spec: object) => text('TLSContext', spec, { name });
const host = (name: string, spec: object, namespace = 'default') => text('Host', spec, { name, namespace });
const listener = (name: string, spec: object) =>
  text(
    'Listener',
    { port: 1, protocol: 'HTTPS', securityModel: 'SECURE', hostBinding: { namespace: { from: 'ALL' } }, ...spec },
    { name },
  );

const clientCerts = fixtureSecret('client-ec', 'client');
const clientCertsWithCa = fixtureSecret('client-ec-with-ca', 'client-ca');
const serverCerts = fixtureSecret('server-ec', 'server');
const ca = fixtureSecret('ca', 'ca');

describe('command operators in header values', () => {
  test.each([
    'plain',
    '100%% sure',
    '%PROTOCOL%',
    '%REQ(x-id)%',
    '%REQ(:authority)%',
    '%REQ(x-a?x-b):10%',
    '%START_TIME(%Y-%m-%d)%',
    'a %UPSTREAM_HOST% b %RESPONSE_CODE%',
    '%DOWNSTREAM_PEER_URI_SAN%',
  ])('%j is taken', (value) => expect(commandProblem(value)).toBeUndefined());

  test.each([
    ['100%', 'position 4 begins no command operator'],
    ['%', 'position 1'],
    ['% %', 'position 1'],
    ['%REQ%', '%REQ% is no command operator'],
    ['%NOPE%', '%NOPE% is no command operator'],
    ['%NOPE(x)%', '%NOPE(…)% is no command operator'],
    ['%REQ(bad name)%', '%REQ(…)% is no command operator'],
    ['%PROTOCOL', 'position 1'],
    ['%%%', 'position 3'],
  ])('%j is not: %s', (value, problem) => expect(commandProblem(value)).toContain(problem));
});

describe('verification of upstreams', () => {
  test.each([
    ['https:// alone', { service: 'https://x' }, [], 'warning CS4001 Mapping it'],
    ['a TLSContext with nothing', { tls: 'c' }, [context('c', {})], 'warning CS4001 TLSContext c'],
    [
      'a client certificate only',
      { tls: 'c' },
      [context('c', { secret: 'client' }), clientCerts],
      'warning CS4001 TLSContext c',
    ],
    ['a CA without a name', { tls: 'c' }, [context('c', { ca_secret: 'ca' }), ca], 'warning CS4002 TLSContext c'],
    [
      'a CA beside the certificate',
      { tls: 'c' },
      [context('c', { secret: 'client-ca' }), clientCertsWithCa],
      'warning CS4002 TLSContext c',
    ],
    [
      'the system without a name',
      { tls: 'c' },
      [context('c', { verify: { trust: 'system' } })],
      'warning CS4002 TLSContext c',
    ],
  ])('%s: told, and refused when strict', (_what, spec, others, finding) => {
    expect(findings([mapping('it', spec), ...others])).toEqual([finding]);
    const strict = judged([mapping('it', spec), ...others], { strict: true });
    expect(strict.diagnostics[0]).toMatchObject({ severity: 'error', code: finding.split(' ')[1] });
    expect(strict.quarantine.reason({ kind: 'Mapping', namespace: 'default', name: 'it' })).toBeDefined();
  });

  test('a CA and a name are enough, even strictly', () => {
    const verified = context('c', { ca_secret: 'ca', verify: { hostname: 'x' } });
    expect(findings([mapping('it', { tls: 'c' }), verified, ca], { strict: true })).toEqual([]);
  });

  test('names without a CA prove nothing: an error at once', () => {
    const named = context('c', { verify: { hostname: 'x' } });
    expect(findings([mapping('it', { tls: 'c' }), named])).toEqual([
      'error CS4010 TLSContext c',
      'error CS3007 Mapping it',
    ]);
  });

  test('a TLSContext that nobody uses upstream is not asked', () => {
    expect(findings([context('c', {})], { strict: true })).toEqual([]);
  });

  test('a Mapping that redirects has no upstream', () => {
    expect(findings([mapping('it', { service: 'https://x', host_redirect: true })], { strict: true })).toEqual([]);
  });

  test('one finding names all who are affected', () => {
    const { diagnostics } = judged([
      mapping('a', { tls: 'c' }),
      mapping('b', { tls: 'c', prefix: '/b' }),
      context('c', {}),
    ]);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]?.usedBy).toEqual(['Mapping a', 'Mapping b']);
  });
});

describe('a quarantine goes from Secret to TLSContext to Mapping and Host, and no further', () => {
  const broken = fixtureSecret('cs2004-mismatch', 'client');

  test('upstream', () => {
    const texts = [
      broken,
      context('c', { secret: 'client' }),
      mapping('uses', { tls: 'c' }),
      mapping('other', { prefix: '/other' }),
    ];
    expect(findings(texts)).toEqual([
      'error CS2004 Secret client',
      'error CS3008 TLSContext c',
      'error CS3007 Mapping uses',
    ]);
  });

  test('downstream: the TLS side of the Host, or all of it with secret validation forced', () => {
    const texts = [broken, host('a', { hostname: 'a.example.com', tlsSecret: { name: 'client' } })];
    const subject = { kind: 'Host', namespace: 'default', name: 'a' };
    const lax = judged(texts);
    expect(lax.quarantine.reason(subject, 'tls')?.code).toBe('CS3008');
    expect(lax.quarantine.reason(subject)).toBeUndefined();
    for (const policy of [{ forceSecretValidation: true }, { strict: true }])
      expect(judged(texts, policy).quarantine.reason(subject)?.code).toBe('CS3008');
  });

  test('a Host that uses a broken TLSContext', () => {
    const texts = [
      serverCerts,
      context('c', { ca_secret: 'nowhere', cert_required: true }),
      host('a', { hostname: 'a.example.com', tlsSecret: { name: 'server' }, tlsContext: { name: 'c' } }),
    ];
    expect(findings(texts)).toEqual(['error CS3004 TLSContext c', 'error CS3007 Host a']);
  });
});

describe('a Secret that is sound, but not what it is named for', () => {
  test.each([
    ['a CA as a client certificate', { secret: 'ca' }, 'cannot serve as key pair'],
    ['garbage of another type', { secret: 'opaque' }, 'cannot serve as key pair'],
    ['garbage as a CA', { ca_secret: 'opaque' }, 'cannot serve as CA'],
  ])('%s', (_what, spec, problem) => {
    const opaque = text('Secret', { stringData: { token: 'x' } }, { name: 'opaque' });
    const { diagnostics } = judged([ca, opaque, context('c', spec), mapping('it', { tls: 'c' })]);
    expect(diagnostics[0]).toMatchObject({ code: 'CS3008', message: expect.stringContaining(problem) });
    expect(diagnostics[0]?.location).toMatchObject({ file: '3.yaml', line: 1 });
  });

  test('a missing one is looked for in other namespaces, to say where it is', () => {
    const elsewhere = text('Secret', { stringData: {} }, { name: 'client', namespace: 'other' });
    const { diagnostics } = judged([elsewhere, context('c', { secret: 'client' })]);
    expect(diagnostics[0]?.message).toBe('Secret default/client is not found; there is one in other');
  });
});

describe('client certificates', () => {
  const protectedHost = (tls: object, insecure?: string) =>
    host('a', {
      hostname: 'a.example.com',
      tlsSecret: { name: 'server' },
      tls,
      ...(insecure !== undefined && { requestPolicy: { insecure: { action: insecure } } }),
    });

  test.each([
    ['required, without a CA', { cert_required: true }, undefined, ['error CS4003 Host a']],
    ['a CA, and nothing said of requiring', { ca_secret: 'ca' }, undefined, ['warning CS4004 Host a']],
    ['a CA, and optional on purpose', { ca_secret: 'ca', cert_required: false }, undefined, []],
    ['required and routed in cleartext', { ca_secret: 'ca', cert_required: true }, 'Route', ['error CS4014 Host a']],
    ['required and redirected', { ca_secret: 'ca', cert_required: true }, 'Redirect', []],
    ['required and rejected', { ca_secret: 'ca', cert_required: true }, 'Reject', []],
  ])('%s', (_what, tls, insecure, expected) => {
    expect(findings([serverCerts, ca, protectedHost(tls, insecure)])).toEqual(expected);
  });

  test.each([
    ['SECURE without TLS', { protocol: 'HTTP', securityModel: 'SECURE' }, true],
    ['XFP behind a proxy without TLS', { protocol: 'HTTP', securityModel: 'XFP', l7Depth: 1 }, true],
    ['XFP without TLS and without a proxy', { protocol: 'HTTP', securityModel: 'XFP' }, false],
    ['XFP behind a proxy with TLS', { protocol: 'HTTPS', securityModel: 'XFP', l7Depth: 1 }, false],
    ['SECURE with TLS', { protocol: 'HTTPS', securityModel: 'SECURE' }, false],
  ])('a Listener that takes the word of others for who the client is: %s', (_what, spec, told) => {
    const texts = [serverCerts, ca, protectedHost({ ca_secret: 'ca', cert_required: true }), listener('l', spec)];
    expect(findings(texts)).toEqual(told ? ['warning CS4015 Host a'] : []);
  });
});

describe('Hosts of one name', () => {
  const tls = (spec: object = {}) => ({ hostname: 'a.example.com', tlsSecret: { name: 'server' }, ...spec });

  test('the first by namespace and name keeps the hostname, whatever the case', () => {
    const texts = [host('b', { hostname: 'A.example.com' }), host('a', { hostname: 'a.example.com' })];
    expect(findings(texts)).toEqual(['error CS5009 Host b']);
  });

  test.each([
    ['the same TLS', {}, []],
    ['other settings', { tls: { min_tls_version: 'v1.3' } }, ['error CS4013 Host b']],
    ['another certificate', { tlsSecret: { name: 'other' } }, ['error CS4013 Host b']],
  ])('on another port with %s', (_what, spec, expected) => {
    const other = fixtureSecret('server-rsa', 'other');
    expect(
      findings([serverCerts, other, host('a', tls()), host('b', tls({ hostname: 'a.example.com:8443', ...spec }))]),
    ).toEqual(expected);
  });
});

describe('weights of Mappings that share a match', () => {
  const group = (...weights: readonly (number | undefined)[]) =>
    weights.map((weight, index) => mapping(`m${index}`, weight === undefined ? {} : { weight }));

  test.each([
    [[50, 50], []],
    [[100, undefined], []],
    [[60, 50], ['error CS5004 Mapping m1']],
    [[60, 50, 40], ['error CS5004 Mapping m1']],
    [
      [100, 100, 100],
      ['error CS5004 Mapping m1', 'error CS5004 Mapping m2'],
    ],
  ])('%j', (weights, expected) => expect(findings(group(...weights))).toEqual(expected));

  test('other matches are other groups', () => {
    expect(findings([mapping('a', { weight: 100 }), mapping('b', { weight: 100, prefix: '/b' })])).toEqual([]);
  });
});

test('two Listeners on one port: the first by namespace and name keeps it', () => {
  expect(findings([listener('b', {}), listener('a', {})])).toEqual(['error CS5005 Listener b']);
});

test('a rule that refuses a definition spares it the findings of later ones', () => {
  const texts = [mapping('it', { service: 'tcp://x', tls: 'nowhere', resolver: 'nobody' })];
  expect(findings(texts)).toEqual(['error CS5001 Mapping it']);
});

describe('Mappings that share a match', () => {
  const left = (...texts: readonly string[]) => {
    const { quarantine, diagnostics, definitions } = judged(texts);
    const mappings = definitions.of('Mapping');
    const out = mappings.filter((each) => quarantine.reasonFor(each, 'share') !== undefined);
    return [out.map(({ metadata }) => metadata.name), diagnostics.map(({ code }) => code)];
  };

  test.each([
    ['nothing said', {}, {}, [], []],
    ['said by the leader alone', { connect_timeout_ms: 1 }, {}, [], []],
    ['said by the other alone', {}, { connect_timeout_ms: 1 }, ['b'], ['CS5020']],
    ['the same said by both', { connect_timeout_ms: 1 }, { connect_timeout_ms: 1 }, [], []],
    ['the default written', {}, { prefix_exact: false, case_sensitive: true }, [], []],
    ['another kind of prefix', {}, { prefix_exact: true }, ['b'], ['CS5020']],
    ['an expression for a text', { headers: { a: 'b' } }, { regex_headers: { a: 'b' } }, ['b'], ['CS5020']],
    ['two redirects', { host_redirect: true }, { host_redirect: true }, ['b'], ['CS5021']],
    ['a redirect and a service', { host_redirect: true }, {}, ['b'], ['CS5021']],
    ['a service and a redirect', {}, { host_redirect: true }, ['b'], ['CS5021']],
    ['a shadow', {}, { shadow: true, connect_timeout_ms: 1 }, [], []],
    ['a shadow of another kind of prefix', {}, { shadow: true, prefix_exact: true }, ['b'], ['CS5020']],
    ['a shadow of a redirect', { host_redirect: true }, { shadow: true }, [], ['CS5022']],
    ['a heavier one that disagrees', { weight: 10 }, { weight: 20, connect_timeout_ms: 1 }, [], []],
    ['a lighter one that disagrees', { weight: 10, connect_timeout_ms: 1 }, { weight: 20 }, ['a'], ['CS5020']],
  ])('%s', (_what, a, b, names, codes) => {
    expect(left(mapping('a', a), mapping('b', b))).toEqual([names, codes]);
  });

  test('one shadow a group, and one alone copies nothing', () => {
    const shadow = { shadow: true };
    expect(left(mapping('a', {}), mapping('b', shadow), mapping('c', shadow))).toEqual([['c'], ['CS5021']]);
    expect(left(mapping('a', shadow))).toEqual([[], ['CS5022']]);
  });

  test('who is left out does not count towards the weights', () => {
    const disagreeing = { weight: 60, connect_timeout_ms: 1 };
    expect(left(mapping('a', { weight: 70 }), mapping('b', disagreeing))).toEqual([['b'], ['CS5020']]);
    expect(left(mapping('a', { weight: 70 }), mapping('b', { weight: 60, shadow: true }))).toEqual([[], []]);
  });
});

describe('names of Mappings', () => {
  test.each([
    [{ hostname: 'a.example.com', host: 'b.*' }, ['warning CS5023 Mapping it']],
    [{ hostname: undefined, host: '*.test' }, ['error CS5008 Mapping it']],
    [{ hostname: undefined, host: 'a.*', host_regex: true }, []],
    [{ hostname: undefined, headers: { ':authority': '*' } }, ['error CS5008 Mapping it']],
    [{ hostname: undefined, host: 'a.example.com', headers: { ':authority': '*' } }, []],
    [{ shadow: true, host_redirect: true }, ['warning CS5023 Mapping it', 'warning CS5022 Mapping it']],
    [{ use_websocket: true }, ['info CS5024 Mapping it']],
    [{ use_websocket: false }, []],
    [{ host_redirect: true, path_redirect: '/a', prefix_redirect: '/b' }, ['warning CS5010 Mapping it']],
    [{ prefix_redirect: '/b' }, ['error CS5010 Mapping it']],
  ])('%j', (spec, expected) => expect(findings([mapping('it', spec)])).toEqual(expected));
});

describe('how a Mapping connects', () => {
  const endpoints = { service: 'shop', resolver: 'endpoint' };
  const service = text('Service', { ports: [{ port: 80 }] }, { name: 'shop' });
  const slice = (name: string) =>
    text(
      'EndpointSlice',
      { addressType: 'IPv4', endpoints: [] },
      { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
    );
  const shop = `${service}---\n${slice('shop')}`;
  const check = (of: object) => ({ health_checks: [{ health_check: of }] });
  const http = { path: '/' };

  test.each<[object, readonly string[]]>([
    [{ load_balancer: { policy: 'maglev', header: 'a' } }, []],
    [{ load_balancer: { policy: 'maglev', source_ip: true } }, []],
    [{ load_balancer: { policy: 'maglev', source_ip: false, header: 'a' } }, []],
    [{ load_balancer: { policy: 'maglev', source_ip: false } }, ['error CS5025 Mapping it']],
    [{ load_balancer: { policy: 'ring_hash', header: 'a', cookie: { name: 'b' } } }, ['error CS5025 Mapping it']],
    [{ load_balancer: { policy: 'least_request', header: 'a' } }, ['error CS5025 Mapping it']],
    [check({ http }), []],
    [check({}), ['error CS5026 Mapping it']],
    [check({ http, grpc: { upstream_name: '' } }), ['error CS5026 Mapping it']],
    [check({ grpc: { upstream_name: '' } }), ['error CS5026 Mapping it']],
    [{ ...check({ grpc: { upstream_name: '' } }), grpc: true }, []],
    [check({ http: { ...http, add_request_headers: { ':path': 'x' } } }), ['error CS5007 Mapping it']],
    [{ enable_ipv4: false }, ['error CS5028 Mapping it']],
    [{ enable_ipv4: false, enable_ipv6: true }, []],
  ])('%j', (spec, expected) => expect(findings([mapping('it', { ...endpoints, ...spec }), shop])).toEqual(expected));

  test('by an endpoint resolver, to a Service of which no endpoints are known', () => {
    const it = mapping('it', endpoints);
    expect(findings([it, service])).toEqual(['warning CS3016 Mapping it']);
    expect(findings([it, service, slice('store')])).toEqual(['warning CS3016 Mapping it']);
    expect(findings([it, service, text('Endpoints', {}, { name: 'shop' })])).toEqual([]);
  });

  test('by a resolver that is there, and no use', () => {
    const told = (...others: readonly string[]) =>
      judged([mapping('it', { service: 'shop', resolver: 'dc1' }), ...others], {}).diagnostics.flatMap(
        ({ code, message }) => (code === 'CS3006' ? message : []),
      );
    const resolver = (kind: string, spec: object) =>
      JSON.stringify({ apiVersion: 'getambassador.io/v3alpha1', kind, metadata: { name: 'dc1' }, spec });
    expect(told()).toEqual(['resolver "dc1" is not defined']);
    expect(told(resolver('ConsulResolver', { address: 'consul:8500' }))).toEqual([]);
    expect(told(resolver('ConsulResolver', { address: 7 }))).toEqual([
      'resolver "dc1" is a ConsulResolver that is out of service',
    ]);
    expect(told(resolver('KubernetesEndpointResolver', { wat: 1 }))).toEqual([
      'resolver "dc1" is a KubernetesEndpointResolver that is out of service',
    ]);
  });

  test('with tls: "true", which names no TLSContext', () => {
    const { diagnostics } = judged([mapping('it', { service: 'shop', tls: 'true' })], {});
    expect(diagnostics).toMatchObject([{ code: 'CS3001', fix: 'write https:// in `service`, or name a TLSContext' }]);
  });

  test.each<[object, readonly string[]]>([
    [{ load_balancer: { policy: 'round_robin' } }, ['warning CS5027 Mapping it']],
    [{ load_balancer: { policy: 'maglev', header: 'a' } }, ['error CS5027 Mapping it']],
    [check({ http }), ['warning CS5027 Mapping it']],
  ])('%j where DNS resolves', (spec, expected) => expect(findings([mapping('it', spec)])).toEqual(expected));

  test('the Module’s policy is for those whose endpoints are known', () => {
    const module = text(
      'Module',
      { config: { load_balancer: { policy: 'maglev', header: 'a' } } },
      { name: 'ambassador' },
    );
    expect(findings([module, mapping('it', {})])).toEqual([]);
  });
});

describe('what a certificate is used for', () => {
  const verified = { ca_secret: 'ca', verify: { hostname: 'x' } };
  const served = (secret: string, hostname: string) =>
    findings([serverCerts, clientCerts, host('a', { hostname, tlsSecret: { name: secret } })]);

  test.each([
    ['its own name', 'example.com', []],
    ['its own name in capitals', 'Example.COM', []],
    ['one label below a wildcard', 'shop.example.com', []],
    ['two labels below a wildcard', 'eu.shop.example.com', ['warning CS4024 Host a']],
    ['the wildcard itself', '*.example.com', []],
    ['another wildcard', '*.example.org', ['warning CS4024 Host a']],
    ['any name', '*', []],
    ['another name', 'example.org', ['warning CS4024 Host a']],
  ])('a Host of %s', (_what, hostname, told) => expect(served('server', hostname)).toEqual(told));

  test('a client certificate is not for serving', () =>
    expect(served('client', 'edge.example.com')).toEqual(['warning CS4023 Host a']));

  test.each([
    ['server', ['warning CS4023 TLSContext c']],
    ['client', []],
  ])('the %s certificate presented to an upstream', (secret, told) =>
    expect(
      findings([
        serverCerts,
        clientCerts,
        ca,
        context('c', { hosts: [], secret, ...verified }),
        mapping('it', { tls: 'c' }),
      ]),
    ).toEqual(told),
  );

  test('nobody asks what a TLSContext is for that nothing uses', () =>
    expect(findings([serverCerts, ca, context('c', { hosts: [], secret: 'server', ...verified })])).toEqual([]));
});
