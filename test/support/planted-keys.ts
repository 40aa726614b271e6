import { createPrivateKey } from 'node:crypto';
import { stringify } from 'yaml';
import type { CertificateAuthority } from '../../src/cli/demo/pki';
import { host, listener, mapping, secret, tlsContext } from './definitions';
import { issueLeaf } from './issuance';
import { KeyTraces } from '../canary/key-traces';

/** One file with a private key of its own where keys belong, or where they do not. */
export interface Plant {
  readonly name: string;
  /** YAML, or JSON, which is YAML too. */
  readonly text: string;
}

interface Material {
  /** PKCS #8 PEM. */
  readonly pem: string;
  /** The chain of its certificate. */
  readonly chain: string;
  /** The body of its PEM on one line. */
  readonly line: string;
  readonly encrypted: string;
  /** The key of somebody else. */
  readonly other: string;
}

const yaml = (...documents: readonly object[]) =>
  documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
const block = (text: string, indent: number) => text.trimEnd().replaceAll(/^/gm, ' '.repeat(indent));
const head = (name: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\ntype: kubernetes.io/tls\nstringData:\n`;

/** Secrets as they should be, and as they should not. */
const SECRETS: Readonly<Record<string, (key: Material) => string>> = {
  'a good Secret': ({ pem, chain }) =>
    yaml(
      secret('good', { 'tls.crt': chain, 'tls.key': pem }),
      host('good', { hostname: 'good.test', tlsSecret: { name: 'good' } }),
    ),
  'a mismatched Secret': ({ pem, chain, other }) =>
    yaml(secret('a', { 'tls.crt': chain, 'tls.key': other }), secret('b', { 'tls.crt': 'none', 'tls.key': pem })),
  'an encrypted key': ({ encrypted, chain }) => yaml(secret('a', { 'tls.crt': chain, 'tls.key': encrypted })),
  'a key cut short': ({ pem, chain }) =>
    yaml(secret('a', { 'tls.crt': chain, 'tls.key': pem.slice(0, pem.length / 2) })),
  'a key with a foreign character': ({ pem, chain }) =>
    yaml(secret('a', { 'tls.crt': chain, 'tls.key': `${pem.slice(0, 150)}*${pem.slice(150)}` })),
  'a key under a wrong label': ({ pem, chain }) =>
    yaml(secret('a', { 'tls.crt': chain, 'tls.key': pem.replaceAll('PRIVATE KEY', 'CERTIFICATE') })),
  'a key without its armour': ({ line, chain }) => yaml(secret('a', { 'tls.crt': chain, 'tls.key': line })),
  'certificate and key exchanged': ({ pem, chain }) => yaml(secret('a', { 'tls.crt': pem, 'tls.key': chain })),
  'a key among CA certificates': ({ pem, chain }) => yaml(secret('a', { 'ca.crt': chain + pem })),
  'a key under a key of data of its own': ({ pem }) => yaml(secret('a', { 'server.key': pem })),
  'a key as the name of data': ({ pem, line }) => yaml(secret('a', { [pem]: 'x', [line]: 'y' })),
  'a key in data that is not base64': ({ pem }) =>
    yaml({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { 'tls.key': pem } }),
  'a key in data with broken base64': ({ line }) =>
    yaml({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      data: { 'tls.key': `${line.slice(0, 70)}!${line.slice(70)}` },
    }),
  'a key as data itself': ({ pem }) =>
    yaml({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: pem, stringData: [pem] }),
  'a key as the annotation of kubectl': ({ pem }) =>
    yaml({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'a',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ stringData: { k: pem } }) },
      },
    }),
  'a Secret of an unknown type': ({ pem }) =>
    yaml({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, type: pem, stringData: { 'tls.key': pem } }),
};

/** Secrets in files that are not YAML, or not only. */
const TEXTS: Readonly<Record<string, (key: Material) => string>> = {
  'a syntax error before the key': ({ pem }) => `${head('a')}  tls.crt: "unfinished\n  tls.key: |\n${block(pem, 4)}\n`,
  'a syntax error after the key': ({ pem }) => `${head('a')}  tls.key: |\n${block(pem, 4)}\n  tls.crt: [}\n`,
  'a syntax error in the middle of the key': ({ pem }) =>
    `${head('a')}  tls.key: |\n${block(pem, 4).split('\n').slice(0, 3).join('\n')}\n]${block(pem, 4).split('\n').slice(3).join('\n')}\n`,
  'a syntax error on the line of the key': ({ line }) => `${head('a')}  tls.key: "${line}" : oops\n`,
  'a key that is not indented': ({ pem }) => `${head('a')}  tls.key: |\n${pem}`,
  'a key indented with tabs': ({ pem }) => `${head('a')}  tls.key: |\n${pem.replaceAll(/^/gm, '\t')}`,
  'a key without the bar': ({ pem }) => `${head('a')}  tls.key:\n${block(pem, 2)}\n`,
  'a key twice': ({ line }) => `${head('a')}  tls.key: ${line}\n  tls.key: ${line}\n`,
  'a key as alias': ({ line }) => `${head('a')}  tls.key: *${line}\n`,
  'a key as anchor and tag': ({ line }) => `${head('a')}  tls.key: &${line} x\n  tls.crt: !${line} y\n`,
  'a key that is merged': ({ line }) => `${head('a')}  <<: {tls.key: ${line}}\n`,
  'a key as the directive of a document': ({ line }) => `%${line}\n---\n${head('a')}`,
  'JSON with a comma too many': ({ pem }) =>
    JSON.stringify(secret('a', { 'tls.key': pem }), null, 2).replace(/"\n {2}\}/, '",\n  },,'),
  'JSON that ends early': ({ pem }) => JSON.stringify(secret('a', { 'tls.key': pem })).slice(0, -20),
  'a PEM file': ({ pem }) => pem,
  'a PEM file after three dashes': ({ pem, line }) => `---\n${pem}---\n${line}\n`,
  'a list of keys': ({ pem, line }) => yaml([pem, line]),
  'a key nested too deeply': ({ line }) => `${'['.repeat(200)}${line}${']'.repeat(200)}`,
};

/** Of a node group that has no Envoy: what is wrong here closes everything to the whole group. */
const OTHERS = ['others'];

/** Places of definitions that are no places for keys; each is tried with every spelling of the key. */
const FIELDS: Readonly<Record<string, (key: string) => readonly object[]>> = {
  'Mapping.service': (key) => [mapping('m', { prefix: '/', service: key })],
  'Mapping.service, with a scheme': (key) => [mapping('m', { prefix: '/', service: `https://${key}` })],
  'Mapping.tls': (key) => [mapping('m', { prefix: '/', service: 'a', tls: key })],
  'Mapping.resolver': (key) => [mapping('m', { prefix: '/', service: 'a', resolver: key })],
  'Mapping.hostname': (key) => [mapping('m', { hostname: key, prefix: '/', service: 'a' })],
  'Mapping.prefix, a broken expression': (key) => [
    mapping('m', { prefix: `(${key}`, prefix_regex: true, service: 'a' }),
  ],
  'Mapping.weight': (key) => [mapping('m', { prefix: '/', service: 'a', weight: key })],
  'Mapping.headers': (key) => [mapping('m', { prefix: '/', service: 'a', headers: { [key]: 'x', y: [key] } })],
  'Mapping.add_request_headers': (key) => [
    mapping('m', { prefix: '/', service: 'a', add_request_headers: { 'x-key': { value: key } } }),
  ],
  'Mapping.add_response_headers': (key) => [
    mapping('m', { prefix: '/', service: 'a', add_response_headers: { 'x-key': key } }),
  ],
  'Mapping.remove_request_headers': (key) => [
    mapping('m', { prefix: '/', service: 'a', remove_request_headers: [key] }),
  ],
  'Mapping.prefix': (key) => [mapping('m', { prefix: `/${key}`, service: 'a' })],
  'Mapping.regex_rewrite': (key) => [
    mapping('m', { prefix: '/', service: 'a', regex_rewrite: { pattern: key, substitution: key } }),
  ],
  'Mapping.host_redirect': (key) => [
    mapping('m', { prefix: '/', service: 'a', host_redirect: true, path_redirect: key }),
  ],
  'Mapping.cors': (key) => [mapping('m', { prefix: '/', service: 'a', cors: { origins: key, headers: [key] } })],
  'Mapping.error_response_overrides': (key) => [
    mapping('m', {
      prefix: '/',
      service: 'a',
      error_response_overrides: [{ on_status_code: 404, body: { text_format: key } }],
    }),
  ],
  'Mapping.labels': (key) => [mapping('m', { prefix: '/', service: 'a', labels: { [key]: [{ x: [key] }] } })],
  'TCPMapping.service': (key) => [
    { ...mapping('m', {}), kind: 'TCPMapping', spec: { port: 1, host: key, service: key } },
  ],
  'Module.config': (key) => [
    {
      ...mapping('ambassador', {}),
      kind: 'Module',
      spec: { ambassador_id: OTHERS, config: { server_name: key, envoy_log_path: key, lua_scripts: key } },
    },
  ],
  'AuthService.auth_service': (key) => [
    {
      ...mapping('m', {}),
      kind: 'AuthService',
      spec: { ambassador_id: OTHERS, auth_service: key, path_prefix: key, allowed_request_headers: [key] },
    },
  ],
  'TracingService.service': (key) => [
    {
      ...mapping('m', {}),
      kind: 'TracingService',
      spec: { ambassador_id: OTHERS, service: key, driver: 'zipkin', config: { collector_endpoint: key } },
    },
  ],
  'Mapping, an unknown field': (key) => [mapping('m', { prefix: '/', service: 'a', [key]: 1, private_key: key })],
  'Mapping.redirect_response_code': (key) => [mapping('m', { prefix: '/', service: 'a', redirect_response_code: key })],
  'TLSContext.secret': (key) => [
    tlsContext('t', { secret: key }),
    mapping('m', { prefix: '/', service: 'a', tls: 't' }),
  ],
  'TLSContext.ca_secret': (key) => [tlsContext('t', { ca_secret: key })],
  'TLSContext.cipher_suites': (key) => [tlsContext('t', { cipher_suites: [key], ecdh_curves: [key] })],
  'TLSContext.min_tls_version': (key) => [tlsContext('t', { min_tls_version: key })],
  'TLSContext.private_key_file': (key) => [tlsContext('t', { private_key_file: key })],
  'TLSContext.verify': (key) => [
    tlsContext('t', { verify: { subject_alt_names: [{ regex: `(${key}` }], trust: key } }),
  ],
  'Host.hostname': (key) => [host('h', { hostname: key })],
  'Host.tlsSecret': (key) => [host('h', { tlsSecret: { name: key, namespace: key } })],
  'Host.tlsSecret, a text': (key) => [host('h', { tlsSecret: key })],
  'Host.tlsContext': (key) => [host('h', { tlsSecret: { name: 'x' }, tlsContext: { name: key } })],
  'Host.action': (key) => [host('h', { requestPolicy: { insecure: { action: key } } })],
  'Listener.port': (key) => [{ ...listener(1), spec: { port: key, protocol: key, securityModel: key } }],
  'metadata.name': (key) => [mapping(key, { prefix: '/', service: 'a' })],
  'metadata.namespace': (key) => [mapping('m', { prefix: '/', service: 'a' }, { namespace: key })],
  'metadata.labels': (key) => [mapping('m', { prefix: '/', service: 'a' }, { labels: { [key]: key } })],
  apiVersion: (key) => [{ apiVersion: key, kind: 'Mapping', metadata: { name: 'm' } }],
  kind: (key) => [{ apiVersion: 'getambassador.io/v3alpha1', kind: key, metadata: { name: 'm' } }],
  'a ConfigMap': (key) => [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { key } }],
  'an EndpointSlice': (key) => [
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'e' },
      addressType: key,
      endpoints: [{ addresses: [key] }],
      ports: [{ port: key }],
    },
  ],
};

const SPELLINGS: Readonly<Record<string, (key: Material) => string>> = {
  'as PEM': ({ pem }) => pem,
  'on one line': ({ line }) => line,
  'as PEM on one line': ({ pem }) => pem.trim().replaceAll('\n', ' '),
};

/** Every so many keys is an RSA key, which takes longer to make. */
const RSA_EVERY = 12;

/** Every way of putting a key into a file that is tried here, each with a key of its own, and the traces of all of them. */
export async function plants(ca: CertificateAuthority): Promise<{ plants: readonly Plant[]; traces: KeyTraces }> {
  const makers: [string, (key: Material) => string][] = [
    ...Object.entries(SECRETS),
    ...Object.entries(TEXTS),
    ...Object.entries(FIELDS).flatMap(([place, make]) =>
      Object.entries(SPELLINGS).map(([how, spell]): [string, (key: Material) => string] => [
        `a key in ${place} ${how}`,
        (key) => yaml(...make(spell(key))),
      ]),
    ),
  ];
  const traces = new KeyTraces();
  const other = await issueLeaf(ca, { name: 'other' });
  traces.addKey('the key of somebody else', other.privateKeyPem);
  const made: Plant[] = [];
  for (const [index, [name, make]] of makers.entries()) {
    const leaf = await issueLeaf(ca, { name: 'planted.test', key: index % RSA_EVERY === 0 ? 'rsa' : 'ec' });
    const pem = leaf.privateKeyPem;
    const encrypted = createPrivateKey(pem)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'planted' })
      .toString();
    traces.addKey(name, pem);
    // Before the ciphertext there are only the parameters of the encryption.
    traces.addBytes(name, Buffer.from(bodyOf(encrypted), 'base64').subarray(-100));
    const material = { pem, chain: leaf.chainPem, line: bodyOf(pem), encrypted, other: other.privateKeyPem };
    made.push({ name, text: make(material) });
  }
  return { plants: made, traces };
}

function bodyOf(pem: string): string {
  return pem.replaceAll(/-----[^-]+-----|\s/g, '');
}
