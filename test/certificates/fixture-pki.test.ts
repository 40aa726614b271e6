import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { type Finding, readKeyPair, readRevocation, readTrustBundle } from '../../src/certificates';
import { certificateCodes } from '../../src/diagnostics/catalogue/certificates';
import { AT, secretOf } from '../support/pki';

const SECRETS = join(__dirname, '../../fixtures/pki/secrets');

/** Secrets that are called otherwise than their file. */
const NAMES: Readonly<Record<string, string>> = {
  'consul-leaf.yaml': 'consul-leaf.edge.dc1',
  'consul-roots.yaml': 'consul-roots.dc1',
  'upstream-certs-renewed.yaml': 'upstream-certs',
  'vault.yaml': 'upstream.certs',
};

interface SecretDocument {
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** What the Secret is for follows from what it holds: lists, a pair if it has a key, else a CA. */
function findingsOf(file: string, at: Date): readonly Finding[] {
  const { data = {}, stringData = {} } = parse(readFileSync(join(SECRETS, file), 'utf8')) as SecretDocument;
  const decoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const);
  const secret = secretOf({ ...Object.fromEntries(decoded), ...stringData });
  const keys = secret.keys();
  const isPair = keys.includes('tls.key') || keys.includes('key.pem');
  if (keys.some((key) => ['crl.pem', 'user.key'].includes(key))) return readRevocation(secret, at).findings;
  const hasOwnCa = keys.includes('ca.crt') || keys.includes('root-cert.pem');
  return [
    ...(isPair ? readKeyPair(secret, at).findings : []),
    ...(hasOwnCa || !isPair ? readTrustBundle(secret, at).findings : []),
  ];
}

const files = readdirSync(SECRETS);

test.each(files)('%s raises exactly what its name says', (file) => {
  const [code] = /^cs\d{4}/.exec(file) ?? [];
  const codes = new Set(findingsOf(file, AT).map((finding) => finding.code));
  expect([...codes]).toEqual(code === undefined ? [] : [code.toUpperCase()]);
});

test('every code of a certificate has a Secret that raises it', () => {
  const raised = files.flatMap((file) => findingsOf(file, AT).map(({ code }) => code));
  const beforeExpiry = findingsOf('cs2011-expired.yaml', new Date('2020-12-15')).map(({ code }) => code);
  expect([...new Set([...raised, ...beforeExpiry])].sort()).toEqual(Object.keys(certificateCodes));
});

test('each Secret is called like its file', () => {
  for (const file of files) {
    const { metadata } = parse(readFileSync(join(SECRETS, file), 'utf8')) as SecretDocument;
    expect(metadata.name).toBe(NAMES[file] ?? basename(file, '.yaml'));
  }
});
