import type { HttpServices } from '../../src/ir/http-services';
import type { Ir } from '../../src/ir/ir';
import type { Route } from '../../src/ir/route-configuration';
import type { Kind } from '../../src/model/kinds';
import { text } from '../support/decoded';
import { irOf, virtualHosts } from './build';

const AUTH = { auth_service: 'auth.default:3000' };
const LIMITS = { service: 'limits.default:8081' };
const LABELS = { ambassador: [{ all: [{ generic_key: { value: 'yes' } }] }] };

const mapping = (name: string, spec: object = {}) =>
  text('Mapping', { hostname: '*', prefix: `/${name}/`, service: 'up.default', ...spec }, { name });
const GUARDED = mapping('guarded');
const PUBLIC = mapping('public', { bypass_auth: true });
const MOVED = mapping('moved', { host_redirect: true });
const LABELLED = mapping('labelled', { labels: LABELS });

function route(ir: Ir, name: string): Route | undefined {
  const routes = virtualHosts(ir, 8080, 'http')?.flatMap((host) => host.routes);
  return routes?.find(({ match }) => match.path.value === `/${name}/`);
}

function services(...texts: readonly string[]): HttpServices | undefined {
  const [chain] = irOf(texts).listeners.flatMap(({ filterChains }) => filterChains);
  return chain?.action.type === 'http' ? chain.action.services : undefined;
}

/** What comes of the requests of a Mapping: `forward`, or the text of the answer. */
function fate(ir: Ir, name: string): string | undefined {
  const action = route(ir, name)?.action;
  return action?.type === 'direct_response' ? `${action.status} ${action.body.trim()}` : action?.type;
}

describe('an AuthService', () => {
  test('is asked about what Mappings forward, unless they bypass it, and not about what Envoy answers itself', () => {
    const ir = irOf([text('AuthService', AUTH), GUARDED, PUBLIC, MOVED, mapping('broken', { tls: 'nowhere' })]);
    expect(route(ir, 'guarded')).not.toHaveProperty('authorization');
    for (const name of ['public', 'moved', 'broken'])
      expect(route(ir, name)).toHaveProperty('authorization', { type: 'bypass' });
  });

  test('is not asked about names that no Host has, either', () => {
    const host = text('Host', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } });
    const secure = text(
      'Host',
      { hostname: 'a.test', tlsSecret: { name: 'none' }, requestPolicy: { insecure: { action: 'Reject' } } },
      { name: 'secure' },
    );
    const insecure = text('Listener', {
      port: 8080,
      protocol: 'HTTP',
      securityModel: 'INSECURE',
      hostBinding: { namespace: { from: 'ALL' } },
    });
    const hosts = virtualHosts(irOf([text('AuthService', AUTH), host, secure, insecure, GUARDED]), 8080, 'http') ?? [];
    const misdirected = hosts.find(({ name }) => name === 'misdirected');
    expect(misdirected?.routes).toMatchObject([{ action: { status: 421 }, authorization: { type: 'bypass' } }]);
  });

  test('is told what Mappings say of themselves', () => {
    const extensions = { auth_context_extensions: { area: 'pay' } };
    const ir = irOf([text('AuthService', AUTH), mapping('told', extensions)]);
    expect(route(ir, 'told')).toHaveProperty('authorization', {
      type: 'told',
      contextExtensions: { area: 'pay' },
    });
    expect(route(irOf([mapping('told', extensions)]), 'told')).not.toHaveProperty('authorization');
  });

  test.each<[string, object, string]>([
    ['of a TLSContext that does not exist', { ...AUTH, tls: 'nowhere' }, 'CS3001'],
    ['of a malformed service', { auth_service: 'ftp://auth' }, 'CS5001'],
    ['without a service', {}, 'CS1022'],
    ['of an unknown field', { ...AUTH, faliure_mode_allow: false }, 'CS1020'],
    ['of a wrong value', { ...AUTH, proto: 'soap' }, 'CS1024'],
    ['of the old protocol', { ...AUTH, proto: 'grpc', protocol_version: 'v2' }, 'CS1021'],
    ['of an unreadable group', { ...AUTH, ambassador_id: 7 }, 'CS1023'],
    ['that is a list', [], 'CS1023'],
    ['that fails open by choice, but is wrong', { ...AUTH, failure_mode_allow: true, tls: 'nowhere' }, 'CS3001'],
  ])('%s closes what it guards', (_what, spec, code) => {
    const ir = irOf([text('AuthService', spec), GUARDED, PUBLIC, MOVED]);
    expect(fate(ir, 'guarded')).toBe(`503 AuthService default/it is quarantined: ${code}`);
    expect(fate(ir, 'public')).toBe('forward');
    expect(fate(ir, 'moved')).toBe('redirect');
    expect(ir.clusters).toHaveLength(1);
  });

  test('beside another closes what both guard', () => {
    const ir = irOf([text('AuthService', AUTH, { name: 'a' }), text('AuthService', AUTH, { name: 'b' }), GUARDED]);
    expect(fate(ir, 'guarded')).toBe('503 AuthService default/b is quarantined: CS5055');
  });

  test('of an apiVersion that is not read closes every node group', () => {
    const old = text('AuthService', AUTH).replace('getambassador.io/v3alpha1', 'getambassador.io/v0');
    expect(fate(irOf([old, GUARDED]), 'guarded')).toBe('503 AuthService default/it is quarantined: CS1011');
  });

  test.each(['AuthSerivce', 'AuthServices', 'Authservice'])(
    'whose kind is misspelt as %s closes every node group',
    (kind) => {
      const misspelt = text('AuthService', AUTH).replace('AuthService', kind);
      expect(fate(irOf([misspelt, GUARDED]), 'guarded')).toBe('503 AuthService default/it is quarantined: CS1012');
    },
  );

  test.each(['getambasador.io/v3alpha1', 'getambassador.com/v3alpha1', 'ambassador.io/v3', 'v1'])(
    'whose apiVersion is misspelt as %s closes every node group',
    (apiVersion) => {
      const misspelt = text('AuthService', AUTH).replace('getambassador.io/v3alpha1', apiVersion);
      expect(fate(irOf([misspelt, GUARDED]), 'guarded')).toBe('503 AuthService default/it is quarantined: CS1011');
    },
  );

  test.each(['"Kind":"AuthService"', '"knd":"AuthService"', '"kind":["AuthService"]'])(
    'whose kind is written as %s closes every node group',
    (kind) => {
      const misspelt = text('AuthService', AUTH).replace('"kind":"AuthService"', kind);
      expect(fate(irOf([misspelt, GUARDED]), 'guarded')).toBe('503 AuthService default/it is quarantined: CS1010');
    },
  );

  test('that is still a Module of the name authentication closes every node group', () => {
    const legacy = text('Module', { config: { auth_service: 'auth.default:3000' } }, { name: 'authentication' });
    expect(fate(irOf([legacy, GUARDED]), 'guarded')).toBe(
      '503 AuthService default/authentication is quarantined: CS1013',
    );
  });

  test('of proto http tells Linkerd where the question goes, if it or the Module says so', () => {
    const added = (spec: object, config: object) => {
      const module = text('Module', { config }, { name: 'ambassador' });
      const auth = services(text('AuthService', { ...AUTH, ...spec }), module, GUARDED)?.auth;
      return auth?.type === 'asks' && auth.protocol.type === 'http' ? auth.protocol.addedHeaders : undefined;
    };
    const header = [{ name: 'l5d-dst-override', value: 'auth.default:3000' }];
    expect(added({}, {})).toEqual([]);
    expect(added({ add_linkerd_headers: true }, {})).toEqual(header);
    expect(added({}, { add_linkerd_headers: true })).toEqual(header);
    expect(added({ add_linkerd_headers: false }, { add_linkerd_headers: true })).toEqual([]);
  });

  test('that fails open is served with a warning, and refused where the operator is strict', () => {
    const texts = [text('AuthService', { ...AUTH, failure_mode_allow: true }), GUARDED];
    expect(fate(irOf(texts), 'guarded')).toBe('forward');
    expect(fate(irOf(texts, { strict: true }), 'guarded')).toContain('CS4045');
  });
});

describe('a RateLimitService', () => {
  test('is told the labels of its domain, with the default labels first', () => {
    const defaults = { shop: { defaults: [{ remote_address: { key: 'remote_address' } }] } };
    const module = text('Module', { config: { default_labels: defaults } }, { name: 'ambassador' });
    const labels = { shop: [{ a: [{ generic_key: { value: 'a' } }] }], other: LABELS.ambassador };
    const ir = irOf([
      text('RateLimitService', { ...LIMITS, domain: 'shop' }),
      module,
      mapping('labelled', { labels }),
      mapping('elsewhere', { labels: { other: LABELS.ambassador } }),
    ]);
    const limits = (name: string) => route(ir, name)?.action;
    expect(limits('labelled')).toMatchObject({
      rateLimits: [[{ type: 'remote_address' }, { type: 'generic_key', value: 'a' }]],
    });
    expect(limits('elsewhere')).toMatchObject({ rateLimits: [[{ type: 'remote_address' }]] });
  });

  test('has the domain of the Module, else Ambassador’s', () => {
    const module = text('Module', { config: { default_label_domain: 'shop' } }, { name: 'ambassador' });
    expect(services(text('RateLimitService', LIMITS), GUARDED)?.rateLimit?.domain).toBe('ambassador');
    expect(services(text('RateLimitService', LIMITS), module, GUARDED)?.rateLimit?.domain).toBe('shop');
  });

  test.each<[string, object, string | undefined]>([
    ['that lets pass', { ...LIMITS, tls: 'nowhere' }, undefined],
    ['that denies', { ...LIMITS, tls: 'nowhere', failure_mode_deny: true }, 'CS3001'],
    ['of which that is not known', { ...LIMITS, failure_mode_deny: 'yes' }, 'CS1023'],
    ['that denies in another domain', { ...LIMITS, domain: 'x', failure_mode_deny: true, tls: 'nowhere' }, undefined],
  ])('out of service, %s', (_what, spec, code) => {
    const ir = irOf([text('RateLimitService', spec), LABELLED, GUARDED]);
    const expected = code === undefined ? 'forward' : `503 RateLimitService default/it is quarantined: ${code}`;
    expect(fate(ir, 'labelled')).toBe(expected);
    expect(fate(ir, 'guarded')).toBe('forward');
  });

  test('is not asked where there is none', () => {
    expect(route(irOf([LABELLED]), 'labelled')?.action).not.toHaveProperty('rateLimits');
  });
});

test.each<[Kind, object, keyof HttpServices]>([
  ['LogService', { service: 'log.default', driver: 'http' }, 'accessLogs'],
  ['TracingService', { service: 'zipkin.default', driver: 'zipkin' }, 'tracing'],
])('a %s out of service is left out, and everything is served', (kind, spec, field) => {
  const without = services(GUARDED)?.[field];
  expect(services(text(kind, spec), GUARDED)?.[field]).not.toEqual(without);
  expect(services(text(kind, { ...spec, tls: 'nowhere' }), GUARDED)?.[field]).toEqual(without);
  expect(fate(irOf([text(kind, { ...spec, tls: 'nowhere' }), GUARDED]), 'guarded')).toBe('forward');
});

test('an empty path_prefix is none', () => {
  const plain = services(text('AuthService', AUTH), GUARDED);
  expect(services(text('AuthService', { ...AUTH, path_prefix: '' }), GUARDED)).toEqual(plain);
  expect(services(text('AuthService', { ...AUTH, path_prefix: '/a' }), GUARDED)).not.toEqual(plain);
});

test('a route is another one where the services are, and the same where they are', () => {
  const texts = [GUARDED, MOVED, LABELLED];
  const auth = text('AuthService', AUTH);
  expect(route(irOf([...texts, auth]), 'moved')).toHaveProperty('authorization');
  expect(route(irOf(texts), 'moved')).not.toHaveProperty('authorization');
  expect(route(irOf([...texts, text('RateLimitService', LIMITS)]), 'labelled')?.action).toHaveProperty('rateLimits');
  expect(route(irOf(texts), 'labelled')?.action).not.toHaveProperty('rateLimits');
});

test('bypass_auth is said even where nobody is asked: the first AuthService is asked about nothing that it is not to be', () => {
  expect(route(irOf([PUBLIC]), 'public')).toHaveProperty('authorization', { type: 'bypass' });
});

test('a canary that says nothing of bypass_auth asks, though the stable version of its group does not', () => {
  const group = [
    text('Mapping', { hostname: '*', prefix: '/public/', service: 'canary.default', weight: 10 }, { name: 'canary' }),
    PUBLIC,
  ];
  const routes = virtualHosts(irOf([...group, text('AuthService', AUTH)]), 8080, 'http')?.flatMap(
    (host) => host.routes,
  );
  const bypassing = routes?.filter(({ authorization }) => authorization?.type === 'bypass');
  expect(routes?.map(({ origin }) => origin?.name)).toEqual(['canary', 'public']);
  expect(bypassing?.map(({ origin }) => origin?.name)).toEqual(['public']);
});

test('the listeners of an AuthService out of service refuse by themselves', () => {
  expect(services(text('AuthService', {}), GUARDED)?.auth).toEqual({ type: 'closed' });
});

describe('a Module of which nothing can be used closes everything that speaks HTTP', () => {
  const module = text('Module', { config: { ip_allow: [{ peer: '192.0.2.0/24' }] } }, { name: 'ambassador' });
  test.each([
    ['its kind is misspelt', module.replace('"Module"', '"Modul"'), 'CS1012'],
    ['its apiVersion is misspelt', module.replace('getambassador.io', 'getambasador.io'), 'CS1011'],
    ['its name is misspelt', module.replace('"ambassador"', '"ambasador"'), 'CS1014'],
    ['its name is in capitals', module.replace('"ambassador"', '"Ambassador"'), 'CS1014'],
  ])('because %s', (_why, broken, code) => {
    const [chain] = irOf([broken, GUARDED]).listeners.flatMap(({ filterChains }) => filterChains);
    expect(JSON.stringify(chain)).toMatch(new RegExp(`Module default/\\w+ is quarantined: ${code}`));
    expect(JSON.stringify(chain)).not.toContain('"type":"forward"');
  });
});
