import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { SecretData } from '../../src/model/secret-data';
import {
  CA_FALSE,
  CA_TRUE,
  type Craft,
  type CraftedExtension,
  craft,
  KEY_USAGE_CERT_SIGN,
  KEY_USAGE_SIGN,
  MUST_STAPLE,
  pemOf,
} from '../support/crafted-certificate';
import {
  authority,
  CertificateAuthority,
  ecKey,
  ed25519Key,
  endingIn,
  EXPIRED,
  FUTURE,
  type IssuedCertificate,
  pkcs8,
  rsaKey,
  secretOf,
  VALIDITY,
} from '../support/pki';
import { changedField, encryptedPem, keyPem, withPublicPoint } from '../support/tampered-key';

export interface PairCase {
  readonly name: string;
  readonly data: SecretData;
  /** The codes found, sorted. */
  readonly codes: readonly string[];
  /** What Envoy says to the very text of the Secret; undefined where it lacks the chain or the key. */
  readonly envoy?: 'accepts' | 'refuses';
}

let made: Promise<PairCase[]> | undefined;

/** Everything that a Secret's certificate and key can be, with our verdict and Envoy's. */
export async function pairCases(): Promise<PairCase[]> {
  made ??= makeCases();
  return made;
}

async function makeCases(): Promise<PairCase[]> {
  const root = await authority();
  const rsaRoot = await authority('Test RSA CA', 'rsa');
  const intermediate = await root.createIntermediate({ commonName: 'Test Intermediate CA', ...VALIDITY });
  const lapsed = await root.createIntermediate({ commonName: 'Lapsed Intermediate CA', ...EXPIRED });
  const other = await authority('Other CA');
  const leaf = { commonName: 'edge', ...VALIDITY };
  const ec = await intermediate.issue(leaf);
  const rsa = await rsaRoot.issue({ ...leaf, key: 'rsa' });
  const stranger = await other.issue(leaf);
  const withKey = async (key: KeyObject): Promise<IssuedCertificate> =>
    root.issue({ ...leaf, key: { privateKeyPem: pkcs8(key) } });
  const crafted = (request: Partial<Craft>): [string, string] => {
    const key = request.key ?? ecKey();
    return [
      pemOf(craft({ ...(request.version === undefined && { extensions: [CA_FALSE] }), ...request, key })),
      pkcs8(key),
    ];
  };
  const rsaKeyObject = createPrivateKey(rsa.privateKeyPem);
  const ecKeyObject = createPrivateKey(ec.privateKeyPem);
  const ecNoPublic = withPublicPoint(ecKeyObject, undefined);
  const [first, second] = blocksOf(ec.chainPem);

  const cases: PairCase[] = [];
  const add = (
    name: string,
    [chain, key]: readonly [string | Buffer, string | Buffer],
    codes: readonly string[],
    envoy: PairCase['envoy'],
  ): void => {
    cases.push({ name, data: secretOf({ 'tls.crt': chain, 'tls.key': key }), codes, ...(envoy && { envoy }) });
  };
  const ecPair = [ec.chainPem, ec.privateKeyPem] as const;
  const issued = ({ chainPem, privateKeyPem }: IssuedCertificate): [string, string] => [chainPem, privateKeyPem];

  add('EC P-256 with intermediate', ecPair, [], 'accepts');
  add('EC P-256 with intermediate and root', [ec.chainPem + root.certificatePem, ec.privateKeyPem], [], 'accepts');
  add('RSA 2048', issued(rsa), [], 'accepts');
  add('RSA 3072', issued(await withKey(rsaKey(3072))), [], 'accepts');
  add('EC P-384', issued(await withKey(ecKey('P-384'))), [], 'accepts');
  add('EC P-521', issued(await withKey(ecKey('P-521'))), ['CS2008'], 'accepts');
  add('Ed25519', issued(await withKey(ed25519Key())), ['CS2008'], 'accepts');
  add('RSA as PKCS #1', [rsa.chainPem, keyPem(rsaKeyObject, 'pkcs1')], [], 'accepts');
  add('EC as SEC 1', [ec.chainPem, keyPem(ecKeyObject, 'sec1')], [], 'accepts');
  add('EC as SEC 1 without the public key', [ec.chainPem, ecNoPublic], [], 'accepts');
  add(
    'EC after EC PARAMETERS',
    [ec.chainPem, pemOf(Buffer.from('06082a8648ce3d030107', 'hex'), 'EC PARAMETERS') + keyPem(ecKeyObject, 'sec1')],
    [],
    'accepts',
  );
  add(
    'CRLF line ends',
    [ec.chainPem.replaceAll('\n', '\r\n'), ec.privateKeyPem.replaceAll('\n', '\r\n')],
    [],
    'accepts',
  );
  add('text before the blocks', [`subject=CN = edge\n${ec.chainPem}`, ec.privateKeyPem], [], 'accepts');
  add('no newline at the end', [ec.chainPem.trimEnd(), ec.privateKeyPem.trimEnd()], [], 'accepts');

  add('key of another certificate, EC', [ec.chainPem, stranger.privateKeyPem], ['CS2004'], 'refuses');
  add('key of another certificate, RSA', [rsa.chainPem, pkcs8(rsaKey())], ['CS2004'], 'refuses');
  add('RSA key for an EC certificate', [ec.chainPem, rsa.privateKeyPem], ['CS2004'], 'refuses');
  add('EC key for an RSA certificate', [rsa.chainPem, ec.privateKeyPem], ['CS2004'], 'refuses');
  add('EC key of another curve', [ec.chainPem, pkcs8(ecKey('P-384'))], ['CS2004'], 'refuses');

  add('RSA 1024', issued(await withKey(rsaKey(1024))), ['CS2008'], 'refuses');
  add('RSA 2047', issued(await withKey(rsaKey(2047))), ['CS2008'], 'refuses');
  add('P-224', issued(await withKey(ecKey('secp224r1'))), ['CS2008'], 'refuses');
  add('secp256k1', issued(await withKey(ecKey('secp256k1'))), ['CS2008'], 'refuses');
  add('brainpool', issued(await withKey(ecKey('brainpoolP256r1'))), ['CS2008'], 'refuses');
  add('Ed448', issued(await withKey(generateKeyPairSync('ed448').privateKey)), ['CS2008'], 'refuses');
  add(
    'RSA-PSS',
    issued(await withKey(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey)),
    ['CS2008'],
    'refuses',
  );
  add(
    'RSA with exponent 3',
    issued(await withKey(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey)),
    [],
    'accepts',
  );

  add('CA first', [second + first, ec.privateKeyPem], ['CS2009'], 'refuses');
  add(
    'an unrelated certificate in the chain',
    [first + stranger.certificatePem, ec.privateKeyPem],
    ['CS2009'],
    'accepts',
  );
  add('issuers in the wrong order', [first + root.certificatePem + second, ec.privateKeyPem], ['CS2009'], 'accepts');
  add(
    'an unrelated certificate at the end',
    [ec.chainPem + other.certificatePem, ec.privateKeyPem],
    ['CS2009'],
    'accepts',
  );
  add('the leaf twice', [first + ec.chainPem, ec.privateKeyPem], ['CS2009'], 'accepts');

  add('expired', issued(await root.issue({ ...leaf, ...EXPIRED })), ['CS2011'], 'accepts');
  add('not valid yet', issued(await root.issue({ ...leaf, ...FUTURE })), ['CS2012'], 'accepts');
  add('expires within 30 days', issued(await root.issue({ ...leaf, ...endingIn(20) })), ['CS2013'], 'accepts');
  add('expires within 7 days', issued(await root.issue({ ...leaf, ...endingIn(5) })), ['CS2013'], 'accepts');
  add('expires within a day', issued(await root.issue({ ...leaf, ...endingIn(0.5) })), ['CS2013'], 'accepts');
  add('expired intermediate', issued(await lapsed.issue(leaf)), ['CS2011'], 'accepts');
  add(
    'expired root at the end',
    await (async (): Promise<[string, string]> => {
      const old = await CertificateAuthority.createRoot({ commonName: 'Old CA', ...EXPIRED });
      const { chainPem, privateKeyPem } = await old.issue(leaf);
      return [chainPem + old.certificatePem, privateKeyPem];
    })(),
    [],
    'accepts',
  );

  add('self-signed with CA:TRUE', crafted({ extensions: [CA_TRUE] }), ['CS2014'], 'accepts');
  add('self-signed leaf', crafted({}), [], 'accepts');
  add('issued by a leaf', [ec.chainPem.replace(second, ''), ec.privateKeyPem], [], 'accepts');
  add('SHA-1, RSA', crafted({ key: rsaKey(), hash: 'sha1' }), ['CS2010'], 'accepts');
  add('SHA-1, EC', crafted({ hash: 'sha1' }), ['CS2010'], 'accepts');
  add('MD5', crafted({ key: rsaKey(), hash: 'md5' }), ['CS2010'], 'accepts');
  add('a leaf as issuer', issuedByLeaf(), ['CS2017'], 'accepts');
  add('an issuer without keyCertSign', issuedByLeaf([CA_TRUE, KEY_USAGE_SIGN]), ['CS2009'], 'accepts');
  add('an issuer with keyCertSign', issuedByLeaf([CA_TRUE, KEY_USAGE_CERT_SIGN]), [], 'accepts');

  const underRoot = (root: readonly CraftedExtension[], leaf: readonly CraftedExtension[] = []) =>
    chainUnder(root, [CA_TRUE], leaf);
  add('a CA that allows none below it, with one', underRoot([PATH_LENGTH_0]), ['CS2026'], 'accepts');
  add('a CA that allows none below it, without', chainUnder([PATH_LENGTH_0]), [], 'accepts');
  add('a permitted DNS name', underRoot([CA_TRUE, PERMITTED], [subjectAltName(2, 'edge.example.com')]), [], 'accepts');
  add(
    'a DNS name that is not permitted',
    underRoot([CA_TRUE, PERMITTED], [subjectAltName(2, 'edge.example.org')]),
    ['CS2027'],
    'accepts',
  );
  add(
    'an excluded DNS name',
    underRoot([CA_TRUE, EXCLUDED], [subjectAltName(2, 'edge.example.com')]),
    ['CS2027'],
    'accepts',
  );
  add(
    'an excluded IP range',
    underRoot([CA_TRUE, EXCLUDED], [subjectAltName(7, '\x0a\x01\x02\x03')]),
    ['CS2027'],
    'accepts',
  );
  add(
    'an address beside the excluded range',
    underRoot([CA_TRUE, EXCLUDED], [subjectAltName(7, '\x0b\x01\x02\x03')]),
    [],
    'accepts',
  );
  add(
    'an excluded host of a URI',
    underRoot([CA_TRUE, EXCLUDED], [subjectAltName(6, 'spiffe://evil.test/edge')]),
    ['CS2027'],
    'accepts',
  );

  add('version 1', crafted({ version: 1 }), [], 'accepts');
  add('version 1 with extensions', crafted({ version: 1, extensions: [CA_FALSE] }), ['CS2005'], 'refuses');
  add('version 2 with extensions', crafted({ version: 2, extensions: [CA_FALSE] }), ['CS2005'], 'refuses');
  add('version 4', crafted({ version: 4, extensions: [CA_FALSE] }), ['CS2005'], 'refuses');
  add('an empty list of extensions', crafted({ extensions: [] }), [], 'accepts');
  add('an extension twice', crafted({ extensions: [CA_FALSE, CA_FALSE] }), ['CS2005'], 'accepts');
  add(
    'an unknown critical extension',
    crafted({ extensions: [{ oid: '1.2.3.4', critical: true, value: '0500' }] }),
    [],
    'accepts',
  );
  add(
    'a damaged basicConstraints',
    crafted({ extensions: [{ oid: '2.5.29.19', value: '0500' }] }),
    ['CS2005'],
    'accepts',
  );
  add(
    'a damaged subjectAltName',
    crafted({ extensions: [{ oid: '2.5.29.17', value: '0500' }] }),
    ['CS2005'],
    'accepts',
  );
  add(
    'an IP address of 5 bytes',
    crafted({ extensions: [{ oid: '2.5.29.17', value: '300787050102030405' }] }),
    ['CS2005'],
    'accepts',
  );
  add('OCSP must-staple', crafted({ extensions: [MUST_STAPLE] }), ['CS2020'], 'refuses');
  add('EC without digitalSignature', crafted({ extensions: [KEY_USAGE_CERT_SIGN] }), ['CS2021'], 'refuses');
  add(
    'RSA without digitalSignature',
    crafted({ key: rsaKey(), extensions: [KEY_USAGE_CERT_SIGN] }),
    ['CS2021'],
    'accepts',
  );
  add(
    'a key usage with stray bits',
    crafted({ extensions: [{ oid: '2.5.29.15', value: '030207a0' }] }),
    ['CS2005'],
    'refuses',
  );
  add(
    'a key usage of another type',
    crafted({ extensions: [{ oid: '2.5.29.15', value: 'c7020780' }] }),
    ['CS2005'],
    'refuses',
  );
  add('no name at all', crafted({ subject: '' }), ['CS2022'], 'refuses');
  add(
    'only an e-mail address',
    crafted({ subject: '', extensions: [subjectAltName(1, 'a@b.c')] }),
    ['CS2022'],
    'refuses',
  );
  add('only a DNS name', crafted({ subject: '', extensions: [subjectAltName(2, 'edge.example')] }), [], 'accepts');
  add('only a SPIFFE ID', crafted({ subject: '', extensions: [subjectAltName(6, 'spiffe://a/b')] }), [], 'accepts');
  add(
    'only an IP address',
    crafted({ subject: '', extensions: [subjectAltName(7, '\x0a\x00\x00\x01')] }),
    [],
    'accepts',
  );
  add('a name of a strange string type', oddName(), ['CS2005'], 'refuses');
  add('a strange kind of subjectAltName', crafted({ extensions: [subjectAltName(0x4e, 'x')] }), ['CS2005'], 'accepts');
  add('a negative serial', crafted({ serial: 'ff' }), [], 'accepts');
  add('serial 0', crafted({ serial: '00' }), [], 'accepts');
  add('a serial of 30 bytes', crafted({ serial: `41${'00'.repeat(29)}` }), ['CS2028'], 'accepts');
  add('a serial with needless zeros', crafted({ serial: '00000041' }), ['CS2005'], 'refuses');
  add('an empty serial', crafted({ serial: '' }), ['CS2005'], 'refuses');
  add('two signature algorithms', crafted({ innerAlgorithm: '1.2.840.10045.4.3.3' }), [], 'accepts');
  add('UTCTime without seconds', crafted({ notBefore: '2001010000Z' }), ['CS2005'], 'refuses');
  add('UTCTime with an offset', crafted({ notBefore: '200101000000+0100' }), ['CS2005'], 'accepts');
  add('GeneralizedTime with a fraction', crafted({ notBefore: '20200101000000.5Z' }), ['CS2005'], 'refuses');
  add('a date that is none', crafted({ notBefore: '20200231000000Z' }), ['CS2005'], 'refuses');
  add('GeneralizedTime for 2020', crafted({ notBefore: '20200101000000Z' }), [], 'accepts');
  add('no expiry (9999)', crafted({ notAfter: '99991231235959Z' }), [], 'accepts');
  add('the year 0001', crafted({ notBefore: '00010101000000Z' }), [], 'accepts');

  add('garbage for the chain', ['garbage', ec.privateKeyPem], ['CS2003'], 'refuses');
  add('garbage for the key', [ec.chainPem, 'garbage'], ['CS2003'], 'refuses');
  add('garbage in the block', [pemOf(Buffer.from('garbage')), ec.privateKeyPem], ['CS2005'], 'refuses');
  add('garbage in the second block', [first + pemOf(Buffer.from('garbage')), ec.privateKeyPem], ['CS2005'], 'refuses');
  add('garbage in the key block', [ec.chainPem, pemOf(Buffer.from('garbage'), 'PRIVATE KEY')], ['CS2005'], 'refuses');
  add('byte order mark', [`\uFEFF${ec.chainPem}`, ec.privateKeyPem], ['CS2003'], 'refuses');
  add('byte order mark in the key', [ec.chainPem, `\uFEFF${ec.privateKeyPem}`], ['CS2003'], 'refuses');
  add('UTF-16', [Buffer.from(`\uFEFF${ec.chainPem}`, 'utf16le'), ec.privateKeyPem], ['CS2003'], 'refuses');
  add('DER', [derOf(first), ec.privateKeyPem], ['CS2003'], 'refuses');
  add('base64 twice', [Buffer.from(ec.chainPem).toString('base64'), ec.privateKeyPem], ['CS2003'], 'refuses');
  add('truncated chain', [ec.chainPem.slice(0, -100), ec.privateKeyPem], ['CS2003'], 'refuses');
  add(
    'chain cut after the first block',
    [ec.chainPem.slice(0, first.length + 40), ec.privateKeyPem],
    ['CS2003'],
    'refuses',
  );
  add('truncated key', [ec.chainPem, ec.privateKeyPem.slice(0, -60)], ['CS2003'], 'refuses');
  add('on one line', [ec.chainPem.replaceAll('\n', ''), ec.privateKeyPem], ['CS2003'], 'refuses');
  add('with \\n for line breaks', [ec.chainPem.replaceAll('\n', '\\n'), ec.privateKeyPem], ['CS2003'], 'refuses');
  add('indented', [ec.chainPem.replaceAll(/^/gm, '  '), ec.privateKeyPem], ['CS2003'], 'refuses');
  add('trailing text', [`${ec.chainPem}garbage\n`, ec.privateKeyPem], ['CS2015'], 'accepts');
  add('trailing NULs', [`${ec.chainPem}\0\0\0`, ec.privateKeyPem], ['CS2015'], 'accepts');
  add(
    'trailing bytes in the block',
    [pemOf(Buffer.concat([derOf(first), Buffer.of(0)])) + second, ec.privateKeyPem],
    ['CS2005'],
    'refuses',
  );
  add(
    'trailing bytes in the key block',
    [ec.chainPem, pemOf(Buffer.concat([derOf(ec.privateKeyPem), Buffer.of(0)]), 'PRIVATE KEY')],
    [],
    'accepts',
  );
  add(
    'chain and key in both values',
    [ec.chainPem + ec.privateKeyPem, ec.privateKeyPem + ec.chainPem],
    ['CS2015', 'CS2015'],
    'accepts',
  );
  add('chain and key swapped', [ec.privateKeyPem, ec.chainPem], ['CS2001', 'CS2002', 'CS2015'], 'refuses');
  add(
    'TRUSTED CERTIFICATE',
    [first.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'), ec.privateKeyPem],
    ['CS2001', 'CS2015'],
    'accepts',
  );
  add('X509 CERTIFICATE', [first.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'), ec.privateKeyPem], [], 'accepts');
  add(
    'a public key for the private one',
    [ec.chainPem, ec.privateKeyPem.replaceAll('PRIVATE', 'PUBLIC')],
    ['CS2002'],
    'refuses',
  );

  add('encrypted PKCS #8', [ec.chainPem, encryptedPem(ecKeyObject, 'pkcs8')], ['CS2006'], 'refuses');
  add('encrypted SEC 1', [ec.chainPem, encryptedPem(ecKeyObject, 'sec1')], ['CS2006'], 'refuses');
  add('encrypted PKCS #1', [rsa.chainPem, encryptedPem(rsaKeyObject, 'pkcs1')], ['CS2006'], 'refuses');
  add('several keys', [ec.chainPem, ec.privateKeyPem + stranger.privateKeyPem], ['CS2007'], 'accepts');
  add('OpenSSH key', [ec.chainPem, ec.privateKeyPem.replaceAll('PRIVATE', 'OPENSSH PRIVATE')], ['CS2008'], 'refuses');
  add('RSA with an unknown structure version', [rsa.chainPem, changedField(rsaKeyObject, 'version')], [], 'refuses');
  add('EC with an unknown structure version', [ec.chainPem, changedField(ecKeyObject, 'version')], [], 'refuses');
  for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const) {
    add(`RSA with a wrong ${part}`, [rsa.chainPem, changedField(rsaKeyObject, part)], ['CS2005'], 'refuses');
  }
  add('EC with a wrong scalar', [ec.chainPem, withPublicPoint(ecKeyObject, ecKey())], ['CS2005'], 'refuses');

  add('empty chain', ['', ec.privateKeyPem], ['CS2001'], undefined);
  add('blank key', [ec.chainPem, ' \n'], ['CS2002'], undefined);
  cases.push({ name: 'no data', data: secretOf({}), codes: ['CS2001', 'CS2002'] });
  cases.push({ name: 'no key', data: secretOf({ 'tls.crt': ec.chainPem }), codes: ['CS2002'] });
  cases.push({ name: 'no chain', data: secretOf({ 'tls.key': ec.privateKeyPem }), codes: ['CS2001'] });
  cases.push({
    name: 'Istio’s names',
    data: secretOf({ 'cert-chain.pem': ec.chainPem, 'key.pem': ec.privateKeyPem }),
    codes: [],
  });
  cases.push({
    name: 'Kubernetes’ names win',
    data: secretOf({ ...values(ecPair), 'cert-chain.pem': 'garbage', 'key.pem': 'garbage' }),
    codes: [],
  });
  cases.push({
    name: 'an empty value does not win',
    data: secretOf({ 'tls.crt': '', 'tls.key': '', 'cert-chain.pem': ec.chainPem, 'key.pem': ec.privateKeyPem }),
    codes: [],
  });
  return cases;

  /** The common name as ObjectDescriptor, which no directory string is. */
  function oddName(): [string, string] {
    const key = ecKey();
    const der = craft({ key, subject: 'odd', extensions: [CA_FALSE] });
    for (let at = der.indexOf('\x0c\x03odd'); at >= 0; at = der.indexOf('\x0c\x03odd', at + 1)) der[at] = 8;
    return [pemOf(der), pkcs8(key)];
  }

  function issuedByLeaf(extensions = [CA_FALSE]): [string, string] {
    const [key, issuerKey] = [ecKey(), ecKey()];
    const issuerPem = pemOf(craft({ subject: 'issuer', key: issuerKey, extensions }));
    const leafPem = pemOf(craft({ subject: 'leaf', issuer: 'issuer', key, issuerKey, extensions: [CA_FALSE] }));
    return [leafPem + issuerPem, pkcs8(key)];
  }
}

/** `pathlen` 0. */
const PATH_LENGTH_0: CraftedExtension = { oid: '2.5.29.19', critical: true, value: '30060101ff020100' };
const generalName = (tag: string, value: string | Buffer) => {
  const base = `${tag}${Buffer.of(value.length).toString('hex')}${Buffer.from(value).toString('hex')}`;
  return `30${Buffer.of(base.length / 2).toString('hex')}${base}`;
};
const nameConstraints = (list: string, ...subtrees: string[]): CraftedExtension => {
  const all = subtrees.join('');
  const inner = `${list}${Buffer.of(all.length / 2).toString('hex')}${all}`;
  return { oid: '2.5.29.30', critical: true, value: `30${Buffer.of(inner.length / 2).toString('hex')}${inner}` };
};
/** Only below example.com. */
const PERMITTED = nameConstraints('a0', generalName('82', 'example.com'));
/** Not below example.com, in 10.0.0.0/8 or at evil.test. */
const EXCLUDED = nameConstraints(
  'a1',
  generalName('82', 'example.com'),
  generalName('87', Buffer.from('0a000000ff000000', 'hex')),
  generalName('86', 'evil.test'),
);

/** A leaf under a CA, under another one where `upper` is given; each with its extensions. */
function chainUnder(
  upper: readonly CraftedExtension[],
  lower?: readonly CraftedExtension[],
  leaf: readonly CraftedExtension[] = [],
): [string, string] {
  const [key, lowerKey, upperKey] = [ecKey(), ecKey(), ecKey()];
  const top = craft({ subject: 'upper', key: upperKey, extensions: upper });
  if (lower === undefined) {
    const below = craft({
      subject: 'edge',
      issuer: 'upper',
      key,
      issuerKey: upperKey,
      extensions: [CA_FALSE, ...leaf],
    });
    return [pemOf(below) + pemOf(top), pkcs8(key)];
  }
  const middle = craft({ subject: 'lower', issuer: 'upper', key: lowerKey, issuerKey: upperKey, extensions: lower });
  const below = craft({ subject: 'edge', issuer: 'lower', key, issuerKey: lowerKey, extensions: [CA_FALSE, ...leaf] });
  return [pemOf(below) + pemOf(middle) + pemOf(top), pkcs8(key)];
}

function subjectAltName(tag: number, value: string): CraftedExtension {
  const name = Buffer.concat([Buffer.of(0x80 | tag, value.length), Buffer.from(value, 'latin1')]);
  return { oid: '2.5.29.17', value: Buffer.concat([Buffer.of(0x30, name.length), name]).toString('hex') };
}

function values([chain, key]: readonly [string, string]): Record<string, string> {
  return { 'tls.crt': chain, 'tls.key': key };
}

function blocksOf(chain: string): [string, string] {
  const [first = '', second = ''] = chain.match(/-----BEGIN[^]*?-----END [A-Z0-9 ]+-----\n/g) ?? [];
  return [first, second];
}

function derOf(text: string): Buffer {
  return Buffer.from(text.replaceAll(/-----.*-----|\n/g, ''), 'base64');
}
