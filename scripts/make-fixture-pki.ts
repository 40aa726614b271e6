// Writes fixtures/pki anew: `npx tsx scripts/make-fixture-pki.ts`. Run it by hand only: every key changes, and with them every
// golden that holds a certificate.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateAuthority, type LeafRequest } from '../src/cli/demo/pki';
import {
  CA_FALSE,
  CA_TRUE,
  type Craft,
  type CraftedExtension,
  craft,
  KEY_USAGE_CERT_SIGN,
  MUST_STAPLE,
  pemOf,
} from '../test/support/crafted-certificate';
import { ecKey, EXPIRED, FUTURE, pkcs8, rsaKey, VALIDITY } from '../test/support/pki';
import { revocationList } from '../test/support/revocation';
import { encryptedPem } from '../test/support/tampered-key';

const HOME = join(__dirname, '../fixtures/pki');
const SERVER: LeafRequest = {
  commonName: 'upstream-service',
  subjectAltNames: [
    { type: 'dns', value: 'upstream-service' },
    { type: 'dns', value: 'upstream-service.default' },
    { type: 'dns', value: 'upstream-service.default.svc.cluster.local' },
    { type: 'dns', value: 'example.com' },
    { type: 'dns', value: '*.example.com' },
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
    { type: 'uri', value: 'spiffe://example.com/ns/default/sa/upstream-service' },
  ],
  usages: ['server'],
  ...VALIDITY,
};
const CLIENT: LeafRequest = {
  commonName: 'edge',
  subjectAltNames: [
    { type: 'dns', value: 'edge.example.com' },
    { type: 'uri', value: 'spiffe://example.com/ns/default/sa/edge' },
  ],
  usages: ['client'],
  ...VALIDITY,
};

/** nameConstraints: DNS names below example.org only. */
const EXAMPLE_ORG_ONLY: CraftedExtension = {
  oid: '2.5.29.30',
  critical: true,
  value: `3011a00f300d820b${Buffer.from('example.org').toString('hex')}`,
};

interface Pair {
  readonly chain: string;
  readonly key: string;
}

/** A leaf for edge.example.com under two CAs, of which the upper one has these extensions. */
function below(...extensions: CraftedExtension[]): Pair {
  const [key, lowerKey, upperKey] = [ecKey(), ecKey(), ecKey()];
  const name = Buffer.from('edge.example.com').toString('hex');
  const leaf: CraftedExtension[] = [CA_FALSE, { oid: '2.5.29.17', value: `30128210${name}` }];
  const chain = [
    craft({ subject: 'edge', issuer: 'Lower', key, issuerKey: lowerKey, extensions: leaf }),
    craft({ subject: 'Lower', issuer: 'Upper', key: lowerKey, issuerKey: upperKey, extensions: [CA_TRUE] }),
    craft({ subject: 'Upper', key: upperKey, extensions }),
  ];
  return { chain: chain.map((der) => pemOf(der)).join(''), key: pkcs8(key) };
}

async function main(): Promise<void> {
  rmSync(join(HOME, 'secrets'), { recursive: true, force: true });
  mkdirSync(join(HOME, 'secrets'), { recursive: true });

  const ca = await CertificateAuthority.createRoot({ commonName: 'Fixture CA', serial: '4001', ...VALIDITY });
  const ca2 = await CertificateAuthority.createRoot({
    commonName: 'Other Fixture CA',
    key: 'rsa',
    serial: '4002',
    ...VALIDITY,
  });
  const oldCa = await CertificateAuthority.createRoot({ commonName: 'Expired Fixture CA', serial: '4003', ...EXPIRED });
  const intermediate = await ca.createIntermediate({
    commonName: 'Fixture Intermediate CA',
    serial: '4004',
    ...VALIDITY,
  });
  const issue = async (issuer: CertificateAuthority, request: LeafRequest): Promise<Pair> => {
    const { chainPem, privateKeyPem } = await issuer.issue(request);
    return { chain: chainPem, key: privateKeyPem };
  };
  const withKey = (key: KeyObject): LeafRequest => ({ ...CLIENT, key: { privateKeyPem: pkcs8(key) } });

  const serverEc = await issue(intermediate, { ...SERVER, serial: '5001' });
  const serverRsa = await issue(ca, { ...SERVER, key: 'rsa', serial: '5002' });
  const clientEc = await issue(intermediate, { ...CLIENT, serial: '5003' });
  const clientRsa = await issue(ca, { ...CLIENT, key: 'rsa', serial: '5004' });
  const clientEcRenewed = await issue(intermediate, { ...CLIENT, serial: '5005' });
  const clientOfCa2 = await issue(ca2, { ...CLIENT, serial: '5006' });
  const clientExpired = await issue(ca, { ...CLIENT, serial: '5007', ...EXPIRED });
  const clientFuture = await issue(ca, { ...CLIENT, serial: '5008', ...FUTURE });
  const rsa1024 = await issue(ca, { ...withKey(rsaKey(1024)), serial: '5009' });
  const p224 = await issue(ca, { ...withKey(ecKey('secp224r1')), serial: '500a' });
  const p521 = await issue(ca, { ...withKey(ecKey('P-521')), serial: '500b' });
  const crafted = (request: Partial<Craft>): Pair => {
    const key = request.key ?? ecKey();
    return { chain: pemOf(craft({ subject: 'edge', extensions: [CA_FALSE], ...request, key })), key: pkcs8(key) };
  };

  const pem = (name: string, { chain, key }: Pair): void => {
    write(`${name}.crt`, chain);
    write(`${name}.key`, key);
  };
  pem('ca', { chain: ca.certificatePem, key: ca.privateKeyPem });
  pem('ca2', { chain: ca2.certificatePem, key: ca2.privateKeyPem });
  pem('intermediate', { chain: intermediate.certificatePem, key: intermediate.privateKeyPem });
  pem('server-ec', serverEc);
  pem('server-rsa', serverRsa);
  pem('client-ec', clientEc);
  pem('client-rsa', clientRsa);
  pem('client-of-ca2', clientOfCa2);
  pem('client-expired', clientExpired);

  // Good ones.
  pairSecret('server-ec', serverEc);
  secret('server-rsa', 'kubernetes.io/tls', { 'tls.crt': serverRsa.chain, 'tls.key': serverRsa.key }, 'data');
  pairSecret('client-ec', clientEc);
  secret('client-rsa', 'kubernetes.io/tls', { 'tls.crt': clientRsa.chain, 'tls.key': clientRsa.key }, 'data');
  pairSecret('client-of-ca2', clientOfCa2);
  pairSecret('client-ec-with-ca', clientEc, { 'ca.crt': ca.certificatePem });
  pairSecret('upstream-certs', clientEc, { 'ca.crt': ca.certificatePem });
  pairSecret('upstream-certs-renewed', clientEcRenewed, { 'ca.crt': ca.certificatePem }, 'upstream-certs');
  pairSecret('vault', clientEc, { 'ca.crt': ca.certificatePem }, 'upstream.certs', 'vault');
  secret('client-istio', 'istio.io/key-and-cert', {
    'cert-chain.pem': clientEc.chain,
    'key.pem': clientEc.key,
    'root-cert.pem': ca.certificatePem,
  });
  pairSecret('consul-leaf', clientEc, {}, 'consul-leaf.edge.dc1');
  secret(
    'consul-roots',
    'Opaque',
    { 'ca.crt': ca.certificatePem + ca2.certificatePem },
    'stringData',
    'consul-roots.dc1',
  );
  secret('ca', 'Opaque', { 'ca.crt': ca.certificatePem });
  secret('ca2', 'Opaque', { 'ca.crt': ca2.certificatePem }, 'data');
  secret('ca-in-tls-crt', 'Opaque', { 'tls.crt': ca.certificatePem });
  secret('ca-in-root-cert-pem', 'Opaque', { 'root-cert.pem': ca.certificatePem });
  secret('ca-bundle', 'Opaque', { 'ca.crt': ca.certificatePem + ca2.certificatePem });

  const list = await revocationList(ca, ['5004'], VALIDITY);
  const ofIntermediate = await revocationList(intermediate, [], VALIDITY);
  write('crl.pem', list + ofIntermediate);
  secret('crl', 'Opaque', { 'crl.pem': list + ofIntermediate });
  secret('crl-in-user-key', 'Opaque', { 'user.key': list + ofIntermediate });
  secret('crl-of-ca2', 'Opaque', { 'crl.pem': await revocationList(ca2, [], VALIDITY) }, 'data');

  // One for each diagnostic, named after it.
  secret('cs2001-no-certificate', 'kubernetes.io/tls', { 'tls.crt': '', 'tls.key': clientEc.key });
  secret('cs2002-no-private-key', 'kubernetes.io/tls', { 'tls.crt': clientEc.chain, 'tls.key': '' });
  secret('cs2003-garbage', 'kubernetes.io/tls', { 'tls.crt': 'garbage', 'tls.key': 'garbage' }, 'data');
  secret('cs2003-truncated', 'kubernetes.io/tls', { 'tls.crt': clientEc.chain.slice(0, -80), 'tls.key': clientEc.key });
  pairSecret('cs2004-mismatch', { chain: clientEc.chain, key: clientOfCa2.key });
  pairSecret('cs2004-mismatch-rsa', { chain: clientRsa.chain, key: serverRsa.key });
  pairSecret('cs2005-undecodable', { chain: pemOf(Buffer.from('garbage')), key: clientEc.key });
  pairSecret('cs2006-encrypted', { chain: clientEc.chain, key: encryptedPem(createPrivateKey(clientEc.key), 'pkcs8') });
  pairSecret('cs2007-several-keys', { chain: clientEc.chain, key: clientEc.key + clientOfCa2.key });
  pairSecret('cs2008-rsa-1024', rsa1024);
  pairSecret('cs2008-p-224', p224);
  pairSecret('cs2008-p-521', p521);
  pairSecret('cs2009-ca-first', { chain: intermediate.certificatePem + clientEc.chain, key: clientEc.key });
  pairSecret('cs2009-unrelated', { chain: clientEc.chain + ca2.certificatePem, key: clientEc.key });
  pairSecret('cs2010-sha1', crafted({ key: rsaKey(), hash: 'sha1' }));
  pairSecret('cs2011-expired', clientExpired);
  pairSecret('cs2012-not-yet-valid', clientFuture);
  pairSecret('cs2014-leaf-is-ca', crafted({ extensions: [CA_TRUE] }));
  pairSecret('cs2015-ignored', { chain: `${clientEc.chain}and so on\n`, key: clientEc.key });
  secret('cs2016-no-ca', 'Opaque', { 'ca.crt': '' });
  secret('cs2017-leaf-as-ca', 'Opaque', { 'ca.crt': serverEc.chain });
  secret('cs2018-expired-ca', 'Opaque', { 'ca.crt': ca.certificatePem + oldCa.certificatePem });
  secret('cs2019-duplicate-ca', 'Opaque', { 'ca.crt': ca.certificatePem + ca.certificatePem });
  pairSecret('cs2020-must-staple', crafted({ extensions: [CA_FALSE, MUST_STAPLE] }));
  pairSecret('cs2021-key-usage', crafted({ extensions: [CA_FALSE, KEY_USAGE_CERT_SIGN] }));
  pairSecret('cs2022-no-name', crafted({ subject: '' }));
  secret('cs2023-no-crl', 'Opaque', { 'crl.pem': '' });
  secret('cs2024-stale-crl', 'Opaque', { 'crl.pem': await revocationList(ca, [], EXPIRED) });
  pairSecret('cs2026-path-length', below({ oid: '2.5.29.19', critical: true, value: '30060101ff020100' }));
  pairSecret('cs2027-name-constraints', below(CA_TRUE, EXAMPLE_ORG_ONLY));
  pairSecret('cs2028-long-serial', crafted({ serial: '41'.repeat(21) }));
  secret('cs2025-two-crls', 'Opaque', { 'crl.pem': (await revocationList(ca, [], EXPIRED)) + list });
}

function pairSecret(
  file: string,
  { chain, key }: Pair,
  more: Record<string, string> = {},
  name = file,
  namespace?: string,
): void {
  secret(file, 'kubernetes.io/tls', { 'tls.crt': chain, 'tls.key': key, ...more }, 'stringData', name, namespace);
}

/** Writes a Kubernetes Secret of that name: readable PEM under `stringData`, or base64 under `data`. */
function secret(
  file: string,
  type: string,
  values: Readonly<Record<string, string>>,
  form: 'data' | 'stringData' = 'stringData',
  name = file,
  namespace?: string,
): void {
  const lines = Object.entries(values).map(([key, value]) => {
    if (form === 'data') return `  ${key}: ${Buffer.from(value).toString('base64')}`;
    if (value === '') return `  ${key}: ""`;
    return `  ${key}: |${value.endsWith('\n') ? '' : '-'}\n${value.trimEnd().replaceAll(/^/gm, '    ')}`;
  });
  const place = namespace === undefined ? '' : `\n  namespace: ${namespace}`;
  const head = `# Throwaway: anyone can read this key. Written by scripts/make-fixture-pki.ts.\napiVersion: v1\nkind: Secret`;
  write(
    `secrets/${file}.yaml`,
    `${head}\nmetadata:\n  name: ${name}${place}\ntype: ${type}\n${form}:\n${lines.join('\n')}\n`,
  );
}

function write(path: string, text: string): void {
  writeFileSync(join(HOME, path), text);
}

void main();
