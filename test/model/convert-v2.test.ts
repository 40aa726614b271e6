import { convertV2 } from '../../src/model/decoding/convert-v2';
import { ambassador, decodeOne, definitionOf, findings } from './support/decode-text';

const specOf = (kind: string, spec: string) => definitionOf(ambassador(kind, spec, 'v2')).spec;

describe('getambassador.io/v2', () => {
  test.each([
    ['{prefix: /, service: s}', { prefix: '/', service: 's', hostname: '*' }],
    ['{prefix: /, service: s, host: ""}', { prefix: '/', service: 's', hostname: '*' }],
    ['{prefix: /, service: s, host: a.b}', { prefix: '/', service: 's', hostname: 'a.b' }],
    [
      '{prefix: /, service: s, host: "a.*", host_regex: true}',
      { prefix: '/', service: 's', host: 'a.*', host_regex: true },
    ],
    ['{prefix: /, service: s, host: a, tls: true}', { prefix: '/', service: 'https://s', hostname: 'a' }],
    [
      '{prefix: /, service: "HTTP://s:80", host: a, tls: true}',
      { prefix: '/', service: 'https://s:80', hostname: 'a' },
    ],
    ['{prefix: /, service: s, host: a, tls: false}', { prefix: '/', service: 's', hostname: 'a' }],
    ['{prefix: /, service: s, host: a, tls: context}', { prefix: '/', service: 's', hostname: 'a', tls: 'context' }],
    [
      '{prefix: /, service: s, host: a, headers: {x: true, y: z}, query_parameters: {q: true}}',
      {
        prefix: '/',
        service: 's',
        hostname: 'a',
        headers: { y: 'z' },
        regex_headers: { x: '.*' },
        query_parameters: {},
        regex_query_parameters: { q: '.*' },
      },
    ],
    [
      '{prefix: /, service: s, host: a, headers: {x: true}, regex_headers: {x: "a+"}}',
      { prefix: '/', service: 's', hostname: 'a', headers: {}, regex_headers: { x: 'a+' } },
    ],
    [
      '{prefix: /, service: s, host: a, remove_request_headers: server}',
      { prefix: '/', service: 's', hostname: 'a', remove_request_headers: ['server'] },
    ],
    [
      '{prefix: /, service: s, host: a, add_request_headers: {x: y, z: {value: w, append: false}}}',
      {
        prefix: '/',
        service: 's',
        hostname: 'a',
        add_request_headers: { x: { value: 'y' }, z: { value: 'w', append: false } },
      },
    ],
    ['{prefix: /, service: s, host: _skip_mapping_with_empty_host_}', { prefix: '/', service: 's' }],
    ['{prefix: /, service: s, host: a, v3StatsName: n}', { prefix: '/', service: 's', hostname: 'a', stats_name: 'n' }],
  ])('Mapping %s', (spec, expected) => {
    expect(specOf('Mapping', `  ${spec}\n`)).toEqual(expected);
  });

  test('Host selector and ambassador_id', () => {
    const host = definitionOf(
      ambassador('Host', '  {hostname: a, ambassador_id: edge, selector: {matchLabels: {a: b}}}\n', 'v2'),
    );
    expect(host.spec).toEqual({ hostname: 'a', ambassador_id: ['edge'], mappingSelector: { matchLabels: { a: 'b' } } });
    expect(host.ambassadorIds).toEqual(['edge']);
  });

  test('positions are those of the document', () => {
    const definition = definitionOf(
      ambassador('Mapping', '  prefix: /\n  service: s\n  host: a.b\n  headers:\n    x: true\n    y: z\n', 'v2'),
    );
    expect(definition.at(['spec', 'hostname'])).toMatchObject({ line: 7, column: 9 });
    expect(definition.at(['spec', 'regex_headers', 'x'], 'key')).toMatchObject({ line: 9, column: 5 });
    expect(definition.at(['spec', 'headers', 'y'])).toMatchObject({ line: 10, column: 8 });
  });

  test('mistakes are told in the words of the document', () => {
    expect(findings(decodeOne(ambassador('Mapping', '  {prefix: /, service: s, host: 3}\n', 'v2')))).toEqual([
      '5:33 error CS1023 spec.host must be text, not the number 3',
    ]);
    const hostname = decodeOne(ambassador('Mapping', '  {prefix: /, service: s, hostname: a}\n', 'v2'));
    expect(findings(hostname)).toEqual(['5:27 error CS1020 spec.hostname is a field of v3alpha1, not of v2']);
    expect(hostname.definition).toBeUndefined();
    const absent = decodeOne(ambassador('Mapping', '  {prefix: /, service: s, headers: {x: false}}\n', 'v2'));
    expect(findings(absent)).toEqual(['5:40 error CS1023 spec.headers.x must be text, not false']);
  });

  test('what the schema does not have yet is converted too', () => {
    const convert = (spec: object) => convertV2('Mapping', { host: 'a', ...spec }).spec;
    expect(convert({ cors: { origins: 'http://a, http://b,', max_age: '1' } })).toEqual({
      hostname: 'a',
      cors: { origins: ['http://a', 'http://b'], max_age: '1' },
    });
    expect(convert({ cors: { origins: ['http://a'] } })).toMatchObject({ cors: { origins: ['http://a'] } });
    const v2Labels = {
      domain: [
        { group: ['remote_address', 'word', { 'x-user': { header: ':path', omit_if_not_present: true } }] },
        { other: [{ generic_key: 'value' }, { generic_key: 'named', v3Key: 'key' }, { unknown: 3 }] },
      ],
    };
    expect(convert({ labels: v2Labels })).toMatchObject({
      labels: {
        domain: [
          {
            group: [
              { remote_address: { key: 'remote_address' } },
              { generic_key: { value: 'word' } },
              { request_headers: { key: 'x-user', header_name: ':path', omit_if_not_present: true } },
            ],
          },
          {
            other: [
              { generic_key: { value: 'value' } },
              { generic_key: { key: 'key', value: 'named' } },
              { unknown: 3 },
            ],
          },
        ],
      },
    });
    const tls = { v3CRLSecret: 'crl', ca_secret: 'ca' };
    const host = convertV2('Host', { tls });
    expect(host.spec).toEqual({ tls: { ca_secret: 'ca', crl_secret: 'crl' } });
    expect(host.toDocument(['spec', 'tls', 'crl_secret'])).toEqual(['spec', 'tls', 'v3CRLSecret']);
    expect(convertV2('TLSContext', { v3CRLSecret: 'crl' }).spec).toEqual({ crl_secret: 'crl' });
  });

  test('services: TLS, and what v2 has under the names of v3alpha1 only', () => {
    expect(convertV2('AuthService', { auth_service: 'a:1', tls: true, v3CircuitBreakers: [] }).spec).toEqual({
      auth_service: 'https://a:1',
      circuit_breakers: [],
    });
    expect(convertV2('RateLimitService', { service: 'a', tls: 'context' }).spec).toEqual({
      service: 'a',
      tls: 'context',
    });
    expect(convertV2('TracingService', { service: 'a', v3CustomTags: [], v3StatsName: 'n' }).spec).toEqual({
      service: 'a',
      custom_tags: [],
      stats_name: 'n',
    });
    const config = { default_labels: { domain: { defaults: ['remote_address', { tenant: { header: 'x-tenant' } }] } } };
    expect(convertV2('Module', { config }).spec).toEqual({
      config: {
        default_labels: {
          domain: {
            defaults: [
              { remote_address: { key: 'remote_address' } },
              { request_headers: { key: 'tenant', header_name: 'x-tenant' } },
            ],
          },
        },
      },
    });
  });

  test("the webhook's notes in a v3alpha1 document mean nothing", () => {
    const noted = definitionOf(
      ambassador(
        'Mapping',
        '  {prefix: /, service: "https://s", v2ExplicitTLS: {tls: "bool:true"}, v2BoolHeaders: [x], regex_headers: {x: ".*"},\n' +
          '   add_request_headers: {y: {value: z, v2Representation: string}}}\n',
      ),
    );
    expect(noted.spec).toEqual({
      prefix: '/',
      service: 'https://s',
      regex_headers: { x: '.*' },
      add_request_headers: { y: { value: 'z' } },
    });
  });

  test.each([
    ['getambassador.io/v0', 'it is that of Ambassador before 0.50, and Ambassador 2 refuses it too'],
    ['ambassador/v1', 'this group is read in the annotation getambassador.io/config only'],
    ['x.getambassador.io/v3alpha1', 'it is that of the previews of Ambassador 2'],
    ['ambassador/v2', 'this group is read in the annotation getambassador.io/config only'],
  ])('%s is refused: %s', (apiVersion, note) => {
    const text = `apiVersion: ${apiVersion}\nkind: Mapping\nmetadata: {name: it}\nspec: {prefix: /, service: s}\n`;
    expect(findings(decodeOne(text))).toEqual([
      `1:13 error CS1011 apiVersion "${apiVersion}" of Mapping is not supported: ${note}`,
    ]);
  });

  test('v1 is v2 by an older name, where there was one', () => {
    const spec = '  {prefix: /, service: s, tls: true, headers: {x: true}}\n';
    expect(definitionOf(ambassador('Mapping', spec, 'v1')).spec).toEqual(specOf('Mapping', spec));
    expect(findings(decodeOne(ambassador('Host', '  {hostname: a}\n', 'v1')))).toEqual([
      '1:13 error CS1011 apiVersion "getambassador.io/v1" of Host is not supported: the kind is younger than that version',
    ]);
  });

  test.each([
    ['{ambassadorId: edge}', { ambassador_id: ['edge'] }],
    ['{ambassadorId: [edge, other], ambassador_id: default}', { ambassador_id: ['default', 'edge', 'other'] }],
  ])('a Host belongs to the groups of %s', (spec, expected) => {
    expect(specOf('Host', `  ${spec}\n`)).toEqual(expected);
  });

  test('a Host whose ambassadorId is no list is refused where it was written', () => {
    expect(findings(decodeOne(ambassador('Host', '  ambassadorId: 7\n', 'v2')))).toEqual([
      '5:3 error CS1020 spec.ambassadorId is not a field of Host; did you mean ambassador_id?',
    ]);
    expect(findings(decodeOne(ambassador('Host', '  ambassadorId: [7]\n', 'v2')))).toEqual([
      expect.stringMatching(/^5:18 error CS1023 /),
    ]);
  });

  test('lists of cors may be one text, in a Mapping and in a Module', () => {
    const cors = 'cors: {origins: "http://a, http://b", methods: "GET,POST, ", headers: x-a, exposed_headers: [x-b]}';
    const lists = {
      origins: ['http://a', 'http://b'],
      methods: ['GET', 'POST'],
      headers: ['x-a'],
      exposed_headers: ['x-b'],
    };
    expect(specOf('Mapping', `  {prefix: /, service: s, ${cors}}\n`)).toMatchObject({ cors: lists });
    const module = ambassador('Module', `  config: {${cors}}\n`, 'v2').replace('name: it', 'name: ambassador');
    expect(definitionOf(module).spec).toEqual({ config: { cors: lists } });
  });

  test('v3alpha1 does not take what only v2 had', () => {
    expect(decodeOne(ambassador('Mapping', '  {prefix: /, service: s, tls: true}\n')).rejected).toBe(true);
    expect(decodeOne(ambassador('Host', '  {ambassador_id: edge}\n')).rejected).toBe(true);
  });
});
