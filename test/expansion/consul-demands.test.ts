import { consulDemands } from '../../src/expansion/consul-demands';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { text } from '../support/decoded';

const demandsOf = (...definitions: readonly string[]) =>
  consulDemands(definitions.flatMap((each, index) => readDocuments(`${index}.yaml`, Buffer.from(each)).documents));

const resolver = (name = 'dc1', spec: object = {}, namespace?: string) =>
  text('ConsulResolver', spec, { name, ...(namespace !== undefined && { namespace }) });
const mapping = (name: string, spec: object, namespace?: string) =>
  text(
    'Mapping',
    { hostname: '*', prefix: `/${name}/`, ...spec },
    { name, ...(namespace !== undefined && { namespace }) },
  );
const mesh = (name = 'mesh', service = 'edge', namespace?: string) =>
  text(
    'TLSContext',
    { hosts: [], consul: { resolver: 'dc1', service } },
    { name, ...(namespace !== undefined && { namespace }) },
  );

test('without a ConsulResolver, and without anybody who needs it, there is none', () => {
  expect(demandsOf(mapping('a', { service: 'a' }))).toEqual([]);
  expect(demandsOf(resolver())).toEqual([]);
});

test('how Consul is asked is what the ConsulResolver says', () => {
  const spec = {
    address: 'https://consul.test',
    datacenter: 'dc7',
    namespace: 'finance',
    tags: ['v2'],
    token: 'a',
    token_file: '/token',
    ca: '/ca.pem',
  };
  expect(demandsOf(resolver('dc1', spec), mapping('web', { service: 'web', resolver: 'dc1' }))).toEqual([
    {
      resolver: { namespace: 'default', name: 'dc1', labels: {} },
      address: 'https://consul.test',
      datacenter: 'dc7',
      namespace: 'finance',
      tags: ['v2'],
      token: 'a',
      tokenFile: '/token',
      ca: '/ca.pem',
      services: [{ service: 'web', connect: false, document: { namespace: 'default', name: 'service.web.dc1' } }],
      identities: [],
      roots: [],
    },
  ]);
});

test('each service once, whatever it is written as; the sidecars of Consul Connect by the name of their service', () => {
  const [demand] = demandsOf(
    resolver(),
    mesh(),
    mapping('a', { service: 'web', resolver: 'dc1' }),
    mapping('b', { service: 'https://web:9000', resolver: 'dc1' }),
    mapping('c', { service: 'web-sidecar-proxy', resolver: 'dc1', tls: 'mesh' }),
    mapping('d', { service: 'web', resolver: 'dc1', tls: 'mesh' }),
    mapping('e', { service: 'web.default', resolver: 'dc1' }),
    mapping('f', { service: 'Web_2', resolver: 'dc1' }),
    mapping('g', { service: 'elsewhere' }),
    mapping('h', { service: 'never', resolver: 'dc1', host_redirect: true }),
  );
  expect(demand?.services.map(({ service, connect, document }) => [service, connect, document.name])).toEqual([
    ['Web_2', false, expect.stringMatching(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)],
    ['web', false, 'service.web.dc1'],
    ['web', true, 'connect.web.dc1'],
  ]);
});

test('an identity is asked for once, and becomes a Secret in each namespace that uses it', () => {
  const [demand] = demandsOf(resolver(), mesh('one'), mesh('two', 'edge', 'shop'), mesh('three', 'batch', 'shop'));
  expect(demand?.identities).toEqual([
    { service: 'batch', secrets: [{ namespace: 'shop', name: 'consul-leaf.batch.dc1' }] },
    {
      service: 'edge',
      secrets: [
        { namespace: 'default', name: 'consul-leaf.edge.dc1' },
        { namespace: 'shop', name: 'consul-leaf.edge.dc1' },
      ],
    },
  ]);
  expect(demand?.roots).toEqual([
    { namespace: 'default', name: 'consul-roots.dc1' },
    { namespace: 'shop', name: 'consul-roots.dc1' },
  ]);
});

test('the names of Ambassador’s connector stand for its service, if it is clear which Consul is meant', () => {
  const user = mapping('web', { service: 'web-sidecar-proxy', resolver: 'dc1', tls: 'ambassador-consul' });
  const identities = (...more: readonly string[]) =>
    demandsOf(resolver(), user, ...more).flatMap((demand) => demand.identities.map(({ service }) => service));
  expect(identities()).toEqual(['ambassador']);
  const own = text('TLSContext', { hosts: [], secret: 'ambassador-consul-connect' }, { name: 'ambassador-consul' });
  expect(identities(own)).toEqual(['ambassador']);
  expect(identities(resolver('dc2'))).toEqual([]);
  expect(identities(own, resolver('dc2'))).toEqual([]);
});

test('the order of the definitions makes no difference; node groups are added up', () => {
  const definitions = [
    resolver('dc1', { ambassador_id: ['_automatic_'] }),
    resolver('dc2', { ambassador_id: ['_automatic_'] }),
    mapping('a', { service: 'a', resolver: 'dc1', ambassador_id: ['one'] }),
    mapping('b', { service: 'b', resolver: 'dc1', ambassador_id: ['two'] }),
    mapping('c', { service: 'c', resolver: 'dc2' }),
  ];
  const demands = demandsOf(...definitions);
  expect(demands.map(({ services }) => services.map(({ service }) => service))).toEqual([['a', 'b'], ['c']]);
  expect(demandsOf(...definitions.toReversed())).toEqual(demands);
});

test('the Module’s resolver is that of Mappings that name none', () => {
  const module = text('Module', { config: { resolver: 'dc1' } }, { name: 'ambassador' });
  const [demand] = demandsOf(resolver(), module, mapping('a', { service: 'a' }));
  expect(demand?.services.map(({ service }) => service)).toEqual(['a']);
});
