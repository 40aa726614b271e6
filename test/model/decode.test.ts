import { inspect } from 'node:util';
import { decode } from '../../src/model/decode';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { ambassador, decodeAll, decodeOne, definitionOf, findings } from './support/decode-text';

describe('decode', () => {
  test("reads the mTLS example of Ambassador's documentation", () => {
    const [context, mapping] = decodeAll(`
apiVersion: getambassador.io/v3alpha1
kind: TLSContext
metadata: {name: upstream-context}
spec: {hosts: [], secret: upstream-certs}
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: upstream-mapping}
spec: {hostname: "*", prefix: /upstream/, service: upstream-service, tls: upstream-context}
`);
    expect(context).toMatchObject({
      rejected: false,
      diagnostics: [],
      definition: { kind: 'TLSContext', ambassadorIds: ['default'], spec: { hosts: [], secret: 'upstream-certs' } },
    });
    expect(mapping).toMatchObject({
      rejected: false,
      definition: {
        metadata: { name: 'upstream-mapping', namespace: 'default', labels: {}, annotations: {} },
        spec: { hostname: '*', prefix: '/upstream/', service: 'upstream-service', tls: 'upstream-context' },
      },
    });
  });

  test('is remembered by the identity of the document', () => {
    const [document] = readDocuments(
      'in.yaml',
      Buffer.from(ambassador('Mapping', '  {prefix: /, service: s}')),
    ).documents;
    expect(document && decode(document)).toBe(document && decode(document));
  });

  test('points at every mistake', () => {
    const decoded = decodeOne(
      ambassador(
        'Mapping',
        `  prefix: /a
  service: 3
  timeout_ms: "30"
  weight: 101
  tls_context: x
  redirect_response_code: 305
  headers: {"a b": x}
  add_request_headers:
    good: value
    bad: {value: 3}
    worse: []
  remove_request_headers: server
  regex_rewrite: {pattern: a}
`,
      ),
    );
    expect(findings(decoded)).toEqual([
      '6:12 error CS1023 spec.service must be text, not the number 3',
      '7:15 error CS1023 spec.timeout_ms must be a whole number, not the text "30"',
      '8:11 error CS1024 spec.weight must be at most 100, not the number 101',
      '9:3 error CS1020 spec.tls_context is not a field of Mapping',
      '10:27 error CS1024 spec.redirect_response_code must be 301, 302, 303, 307 or 308, not the number 305',
      '11:13 error CS1024 "a b" in spec.headers is not a header name',
      '14:18 error CS1023 spec.add_request_headers.bad.value must be text, not the number 3',
      '15:12 error CS1023 spec.add_request_headers.worse must be text or a mapping, not a list',
      '16:27 error CS1023 spec.remove_request_headers must be a list, not the text "server"',
      '17:3 error CS1022 spec.regex_rewrite.substitution is missing',
    ]);
    expect(decoded.diagnostics[0]?.subject).toEqual({ kind: 'Mapping', namespace: 'default', name: 'it' });
  });

  test.each([
    [
      'a misspelt field',
      'TLSContext',
      '  secert: a\n',
      '5:3 error CS1020 spec.secert is not a field of TLSContext; did you mean secret?',
    ],
    [
      'camelCase for snake_case',
      'TLSContext',
      '  caSecret: a\n',
      '5:3 error CS1020 spec.caSecret is not a field of TLSContext; did you mean ca_secret?',
    ],
    [
      'snake_case for camelCase',
      'Host',
      '  tls_secret: {name: a}\n',
      '5:3 error CS1020 spec.tls_secret is not a field of Host; did you mean tlsSecret?',
    ],
    [
      'a field that is known and not supported',
      'Host',
      '  selector: {matchExpressions: []}\n',
      '5:14 error CS1021 spec.selector.matchExpressions is not supported yet: only matchLabels is understood, so other Mappings would be selected',
    ],
    [
      'such a field further down',
      'Listener',
      '  {port: 1, protocol: HTTP, securityModel: XFP, hostBinding: {selector: {matchExpressions: []}}}\n',
      '5:74 error CS1021 spec.hostBinding.selector.matchExpressions is not supported yet: only matchLabels is understood, so other Hosts would be served',
    ],
    [
      'the documented example, whose values are in each other’s place',
      'Module',
      '  config: {set_current_client_cert_details: SANITIZE}\n',
      '5:45 error CS1023 spec.config.set_current_client_cert_details must be a mapping, not the text "SANITIZE"',
    ],
    [
      'YAML 1.1 booleans',
      'TLSContext',
      '  cert_required: yes\n',
      '5:18 error CS1023 spec.cert_required must be true or false, not the text "yes"',
    ],
    ['nothing', 'TLSContext', '  ca_secret:\n', '5:3 error CS1023 spec.ca_secret must be text or a list, not nothing'],
    [
      'two patterns',
      'TLSContext',
      '  verify: {subject_alt_names: [{exact: a, prefix: b}]}\n',
      '5:32 error CS1024 spec.verify.subject_alt_names[0] must have exactly one of exact, prefix, suffix or regex',
    ],
    [
      'no pattern',
      'TLSContext',
      '  verify: {subject_alt_names: [{type: uri}]}\n',
      '5:32 error CS1024 spec.verify.subject_alt_names[0] must have exactly one of exact, prefix, suffix or regex',
    ],
    [
      'an unsupported protocol',
      'Listener',
      '  {port: 1, protocol: UDP, securityModel: XFP, hostBinding: {}}\n',
      '5:23 error CS1021 spec.protocol: UDP is not supported yet: Ambassador refuses it too; write protocolStack: [TLS, HTTP, UDP]',
    ],
    [
      'an unknown layer',
      'Listener',
      '  {port: 1, protocolStack: [HTTP, QUIC], securityModel: XFP, hostBinding: {}}\n',
      '5:35 error CS1024 spec.protocolStack[1] must be HTTP, PROXY, TLS, TCP or UDP, not the text "QUIC"',
    ],
    [
      'no protocol',
      'Listener',
      '  {port: 1, securityModel: XFP, hostBinding: {}}\n',
      '4:1 error CS1024 spec must have protocol or protocolStack',
    ],
    [
      'the wrong case of a value',
      'Host',
      '  requestPolicy: {insecure: {action: route}}\n',
      '5:38 error CS1024 spec.requestPolicy.insecure.action must be Redirect, Route or Reject, not the text "route"; did you mean Route?',
    ],
    [
      'an expression selector',
      'Host',
      '  mappingSelector: {matchExpressions: []}\n',
      '5:21 error CS1021 spec.mappingSelector.matchExpressions is not supported yet: only matchLabels is understood, so other Mappings would be selected',
    ],
    ['a Module setting that lets others in', 'Module', '  config: {envoy_override: {}}\n', undefined],
  ])('%s', (_, kind, spec, expected) => {
    const text = ambassador(kind, spec);
    const decoded = decodeOne(kind === 'Module' ? text.replace('name: it', 'name: ambassador') : text);
    expect(decoded.rejected).toBe(true);
    expect(findings(decoded)).toEqual([
      expected ??
        '5:12 error CS1021 spec.config.envoy_override is not supported yet: the configuration would differ from what it says',
    ]);
  });

  test('a field that only tunes is dropped with a warning', () => {
    const text = ambassador('Module', '  config: {runtime_flags: {}}\n').replace('name: it', 'name: ambassador');
    const decoded = decodeOne(text);
    expect(findings(decoded)).toEqual([
      "5:12 warning CS1021 spec.config.runtime_flags is not supported yet: they belong into Envoy's bootstrap, under layered_runtime",
    ]);
    expect(decoded.rejected).toBe(false);
    expect(decoded.definition?.spec).toEqual({ config: {} });
  });

  test('fields beside spec are no fields', () => {
    const text = `${ambassador('Mapping', '  {prefix: /, service: s}')}\ntls: context\nstatus: {}\n`;
    expect(findings(decodeOne(text))).toEqual([
      '6:1 error CS1020 tls is not a field of Mapping; did you mean spec.tls?',
    ]);
  });

  test('messages repeat neither keys nor long encoded text', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\\nMIG\\n-----END PRIVATE KEY-----';
    const key = 'c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0';
    const decoded = decodeOne(ambassador('TLSContext', `  min_tls_version: "${pem}"\n  max_tls_version: ${key}\n`));
    const printed = JSON.stringify(decoded.diagnostics);
    expect(decoded.diagnostics).toHaveLength(2);
    expect(printed).not.toContain('MIG');
    expect(printed).not.toContain(key.slice(0, 20));
  });
});

describe('a rejected definition', () => {
  test('keeps its place among the routes if only other fields are wrong', () => {
    const { definition, rejected } = decodeOne(
      ambassador('Mapping', '  prefix: /a\n  service: 3\n  tls: {}\n  headers: {x: y}\n  weight: 10\n'),
    );
    expect(rejected).toBe(true);
    expect(definition?.spec).toEqual({ prefix: '/a', service: '', headers: { x: 'y' }, weight: 10 });
  });

  test.each([
    ['prefix: 1', 'service: s'],
    ['service: s', 'prefx: /'],
    ['prefix: /', 'service: s, method: 1'],
    ['prefix: /', 'service: s, header: {x: y}'],
    ['prefix: /', 'service: s, headers: {x: 1}'],
    ['prefix: /', 'service: s, ambassador_id: edge'],
  ])('is left out if a field that decides which requests it takes is wrong: %s, %s', (one, other) => {
    const { definition, rejected } = decodeOne(ambassador('Mapping', `  {${one}, ${other}}\n`));
    expect(rejected).toBe(true);
    expect(definition).toBeUndefined();
  });

  test('a Host keeps its hostname', () => {
    const { definition } = decodeOne(ambassador('Host', '  hostname: a.example.com\n  tls: {cert_chain: /x}\n'));
    expect(definition?.spec).toEqual({ hostname: 'a.example.com' });
    expect(decodeOne(ambassador('Host', '  hostname: 1\n')).definition).toBeUndefined();
  });

  test('a TLSContext is left out', () => {
    const { definition, subject } = decodeOne(ambassador('TLSContext', '  {secret: a, cert_required: 1}\n'));
    expect(definition).toBeUndefined();
    expect(subject).toEqual({ kind: 'TLSContext', namespace: 'default', name: 'it' });
  });
});

describe('apiVersion and kind', () => {
  test.each([
    ['a: 1', '1:1 warning CS1010 the document is no definition; it is passed over'],
    ['[a]', '1:1 error CS1010 a definition is a mapping, not a list'],
    ['apiVersion: v1\nmetadata: {name: a}', '1:1 error CS1010 the document has no kind'],
    ['kind: Mapping\nmetadata: {name: a}', '1:1 error CS1010 "Mapping" has no apiVersion'],
    [
      'apiVersion: getambassador.io/v0\nkind: Mapping\nmetadata: {name: a}',
      '1:13 error CS1011 apiVersion "getambassador.io/v0" of Mapping is not supported: it is that of Ambassador before 0.50, and Ambassador 2 refuses it too',
    ],
    [
      'apiVersion: x.getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: a}',
      '1:13 error CS1011 apiVersion "x.getambassador.io/v3alpha1" of Host is not supported: it is that of the previews of Ambassador 2',
    ],
    [
      'apiVersion: discovery.k8s.io/v1beta1\nkind: EndpointSlice\nmetadata: {name: a}',
      '1:13 error CS1011 apiVersion "discovery.k8s.io/v1beta1" of EndpointSlice is not supported',
    ],
    [
      'apiVersion: getambassador.io/v3alpha1\nkind: Maping\nmetadata: {name: a}',
      '2:7 error CS1012 "Maping" is not a kind of Ambassador; did you mean Mapping?',
    ],
    [
      'apiVersion: getambassador.io/v3alpha1\nkind: DevPortal\nmetadata: {name: a}',
      '2:7 error CS1013 DevPortal is not supported yet: the developer portal does not exist',
    ],
    ['apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}', '2:7 info CS1014 "Deployment" is not read'],
    [
      'apiVersion: v1\nkind: Secert\nmetadata: {name: a}',
      '2:7 warning CS1014 kind "Secert" is not read; did you mean Secret?',
    ],
    [
      'apiVersion: networking.istio.io/v1\nkind: Host\nmetadata: {name: a}',
      `2:7 warning CS1014 Host of "networking.istio.io" is not read; Ambassador's Host is getambassador.io/v3alpha1`,
    ],
    ['apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}', '2:7 info CS1014 "Service" is not read'],
    [
      'apiVersion: getambassador.io/v3alpha1\nkind: Module\nmetadata: {name: tls}',
      '3:18 warning CS1014 Module "tls" is not read: only the Module named ambassador means anything',
    ],
  ])('%j', (text, expected) => {
    const decoded = decodeOne(text);
    expect(findings(decoded)).toEqual([expected]);
    expect(decoded.definition).toBeUndefined();
    expect(decoded.rejected).toBe(expected.includes(' error '));
  });
});

describe('metadata', () => {
  const withMetadata = (metadata: string) =>
    decodeOne(`apiVersion: v1\nkind: Service\nmetadata: ${metadata}\nspec: {}\n`);

  test('namespace, labels and annotations are read; what kubectl last applied is not', () => {
    const { definition } = withMetadata(
      '{name: a.b, namespace: ns, uid: x, managedFields: [], labels: {a: "1"}, annotations: {b: c, kubectl.kubernetes.io/last-applied-configuration: "{}"}}',
    );
    expect(definition?.metadata).toEqual({ name: 'a.b', namespace: 'ns', labels: { a: '1' }, annotations: { b: 'c' } });
    expect(definition?.ambassadorIds).toBe('*');
  });

  test.each([
    ['', 'metadata must be a mapping with a name, not nothing'],
    ['{}', 'metadata.name is missing'],
    ['{name: 1}', 'metadata.name must be text, not the number 1'],
    ['{name: Upper}', 'metadata.name "Upper" is not a name that Kubernetes accepts'],
    ['{name: a..b}', 'metadata.name "a..b" is not a name that Kubernetes accepts'],
    ['{name: a, namespace: a.b}', 'metadata.namespace "a.b" is not a name that Kubernetes accepts'],
    ['{name: a, labels: {a: 1}}', 'metadata.labels["a"] must be text, not the number 1'],
    ['{name: a, labels: [a]}', 'metadata.labels must be a mapping, not a list'],
  ])('%s is refused', (metadata, message) => {
    const decoded = withMetadata(metadata);
    expect(decoded.diagnostics).toMatchObject([{ code: 'CS1015', severity: 'error', message }]);
    expect(decoded.definition).toBeUndefined();
  });

  test('definitions in annotations that nobody reads are not passed over silently', () => {
    const { definition, diagnostics } = decodeOne(
      ambassador('Host', '  {}\n').replace('{name: it}', '{name: it, annotations: {getambassador.io/config: "x"}}'),
    );
    expect(diagnostics).toMatchObject([{ code: 'CS1032', severity: 'warning' }]);
    expect(definition).toBeDefined();
  });
});

describe("Kubernetes' own kinds", () => {
  test('unknown fields and nulls are the business of the API server', () => {
    const slice = definitionOf(`
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: a, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
endpoints: [{addresses: [10.0.0.1], conditions: {ready: true, serving: null}, zone: a}]
ports: null
`);
    expect(slice.spec).toMatchObject({ endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }] });
    expect(slice.spec).not.toHaveProperty('ports');
    const service = definitionOf(
      '{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80, targetPort: http}], selector: null}}',
    );
    expect(service.spec).toEqual({ ports: [{ port: 80, targetPort: 'http' }] });
    const endpoints = definitionOf(
      '{apiVersion: v1, kind: Endpoints, metadata: {name: a}, subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}]}',
    );
    expect(endpoints.spec).toMatchObject({ subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] });
  });

  test('wrong types are still mistakes', () => {
    const decoded = decodeOne('apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  ports:\n  - port: http\n');
    expect(findings(decoded)).toEqual([
      '6:11 error CS1023 spec.ports[0].port must be a whole number, not the text "http"',
    ]);
  });
});

describe('a Secret', () => {
  const secretOf = (text: string) => definitionOf(`{apiVersion: v1, kind: Secret, metadata: {name: a}, ${text}}`);

  test.each([
    ['data:\n  tls.crt: YQ==\n  tls.key: YQ==\n', 'tls.key', 6],
    ['stringData:\n  tls.crt: a\n  tls.key: a\n', 'tls.key', 6],
    ['data:\n  tls.key: YQ==\nstringData:\n  tls.key: a\n', 'tls.key', 7],
    ['data:\n  tls.crt: YQ==\nstringData:\n  tls.key: a\n', 'tls.crt', 5],
    ['data:\n  tls.crt: YQ==\n', 'tls.key', 4],
    ['stringData:\n  tls.crt: a\n', 'tls.key', 4],
  ])('says where a value stands, or where it is missing: %j', (values, key, line) => {
    const definition = definitionOf(`apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n${values}`);
    expect(definition.at(['stringData', key], 'key').line).toBe(line);
  });

  test('is decoded, and stringData wins', () => {
    const definition = secretOf('type: kubernetes.io/tls, data: {a: aGVsbG8=, b: b25l}, stringData: {b: two}');
    if (definition.kind !== 'Secret') throw new Error('not a Secret');
    const { type, data } = definition.spec;
    expect(type).toBe('kubernetes.io/tls');
    expect(data.get('a')?.toString()).toBe('hello');
    expect(data.get('b')?.toString()).toBe('two');
  });

  test('base64 may be broken into lines, and the type may be left out', () => {
    const definition = definitionOf(
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: |\n    aGVs\n    bG8=\n',
    );
    expect(definition.kind === 'Secret' && definition.spec.data.get('a')?.toString()).toBe('hello');
    expect(definition.kind === 'Secret' && definition.spec.type).toBe('Opaque');
  });

  test.each(['aGVsbG8', 'aGVsbG8==', 'aGVs bG8=', 'aGVsbG-_', '-----BEGIN CERTIFICATE-----'])(
    '%j is not base64',
    (value) => {
      const decoded = decodeOne(`apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  tls.key: "${value}"\n`);
      expect(decoded.diagnostics).toMatchObject([{ code: 'CS1025', location: { line: 5, column: 3 } }]);
      expect(decoded.definition).toBeUndefined();
      expect(JSON.stringify(decoded)).not.toContain(value.slice(0, 7));
    },
  );

  test('shows its values to nobody', () => {
    const text =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: A, annotations: {kubectl.kubernetes.io/last-applied-configuration: s3cr3t}}\ntype: 7\ndata: {a: 5150, b: s3cr3t}\nstringData: s3cr3t\n';
    const { documents } = readDocuments('in.yaml', Buffer.from(text));
    const decoded = documents.map(decode);
    const good = secretOf('stringData: {tls.key: s3cr3t}');
    const printed = [documents, decoded, good, good.spec]
      .map((value) => `${inspect(value, { depth: 9 })}${JSON.stringify(value)}`)
      .join('');
    expect(decoded[0]?.diagnostics.length).toBeGreaterThanOrEqual(4);
    expect(printed).not.toContain('s3cr3t');
    expect(printed).not.toContain('5150');
  });
});
