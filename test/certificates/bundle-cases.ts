import type { CaRole } from '../../src/certificates';
import type { SecretData } from '../../src/model/secret-data';
import { CA_FALSE, CA_TRUE, craft, KEY_USAGE_SIGN, pemOf } from '../support/crafted-certificate';
import {
  authority,
  CertificateAuthority,
  ecKey,
  endingIn,
  EXPIRED,
  FUTURE,
  rsaKey,
  secretOf,
  VALIDITY,
} from '../support/pki';

export interface BundleCase {
  readonly name: string;
  readonly data: SecretData;
  readonly role: CaRole;
  /** The codes found, sorted. */
  readonly codes: readonly string[];
  /** How many certificates the bundle has; 0 if it is refused. */
  readonly size: number;
  /** What Envoy says to the very text of `ca.crt`; undefined where there is none. */
  readonly envoy?: 'accepts' | 'refuses';
}

/** Everything that a Secret's CA certificates can be, with our verdict and Envoy's. */
export async function bundleCases(): Promise<BundleCase[]> {
  const root = await authority();
  const [a, b, intermediate] = [
    root.certificatePem,
    (await authority('Other CA', 'rsa')).certificatePem,
    (await root.createIntermediate({ commonName: 'Test Intermediate CA', ...VALIDITY })).certificatePem,
  ];
  const leaf = await root.issue({ commonName: 'leaf', ...VALIDITY });
  const rootIn = async (validity: typeof VALIDITY): Promise<string> =>
    (await CertificateAuthority.createRoot({ commonName: 'Dated CA', ...validity })).certificatePem;
  const [expired, future] = [await rootIn(EXPIRED), await rootIn(FUTURE)];

  const cases: BundleCase[] = [];
  const add = (
    name: string,
    bundle: string,
    size: number,
    codes: readonly string[],
    envoy: NonNullable<BundleCase['envoy']>,
  ): void => {
    cases.push({ name, data: secretOf({ 'ca.crt': bundle }), role: 'declared', codes, size, envoy });
  };
  add('a root', a, 1, [], 'accepts');
  add('two roots', a + b, 2, [], 'accepts');
  add('an intermediate', intermediate, 1, [], 'accepts');
  add('text between the blocks', `# A\n${a}\n# B\n${b}`, 2, [], 'accepts');
  add('the same root twice', a + b + a, 2, ['CS2019'], 'accepts');
  add('RSA 1024', pemOf(craft({ key: rsaKey(1024), extensions: [CA_TRUE] })), 1, [], 'accepts');
  add(
    'signed by itself with SHA-1',
    pemOf(craft({ key: ecKey(), hash: 'sha1', extensions: [CA_TRUE] })),
    1,
    [],
    'accepts',
  );
  add('self-signed, version 1', pemOf(craft({ key: ecKey(), version: 1 })), 1, ['CS2017'], 'accepts');
  add('self-signed, CA:FALSE', pemOf(craft({ key: ecKey(), extensions: [CA_FALSE] })), 1, ['CS2017'], 'accepts');
  add(
    'without keyCertSign',
    pemOf(craft({ key: ecKey(), extensions: [CA_TRUE, KEY_USAGE_SIGN] })),
    0,
    ['CS2017'],
    'accepts',
  );
  add('a leaf', leaf.certificatePem, 0, ['CS2017'], 'accepts');
  add('a root and a leaf', a + leaf.certificatePem, 0, ['CS2017'], 'accepts');
  add('expired', expired, 0, ['CS2011'], 'accepts');
  add('one of two expired', a + expired, 2, ['CS2018'], 'accepts');
  add('not valid yet', future, 0, ['CS2012'], 'accepts');
  add('one of two not valid yet', a + future, 2, ['CS2012'], 'accepts');
  add('expires soon', await rootIn(endingIn(3)), 1, ['CS2013'], 'accepts');
  add('garbage', 'garbage', 0, ['CS2003'], 'refuses');
  add('garbage in the second block', a + pemOf(Buffer.from('garbage')), 0, ['CS2005'], 'refuses');
  add('truncated', (a + b).slice(0, -40), 0, ['CS2003'], 'refuses');
  add('byte order mark', `\uFEFF${a}`, 0, ['CS2003'], 'refuses');
  add('byte order mark between', `${a}\uFEFF${b}`, 0, ['CS2003'], 'accepts');
  add('a private key only', leaf.privateKeyPem, 0, ['CS2015', 'CS2016'], 'refuses');
  add('a private key as well', a + leaf.privateKeyPem, 1, ['CS2015'], 'accepts');
  add('empty', '', 0, ['CS2016'], 'refuses');

  const other = (name: string, values: Record<string, string>, role: CaRole, codes: readonly string[]): void => {
    cases.push({ name, data: secretOf(values), role, codes, size: codes.length === 0 ? 1 : 0 });
  };
  other('ca.crt wins', { 'ca.crt': a, 'root-cert.pem': 'garbage', 'tls.crt': 'garbage' }, 'declared', []);
  other('then root-cert.pem', { 'root-cert.pem': a, 'tls.crt': 'garbage' }, 'declared', []);
  other('then tls.crt', { 'tls.crt': a }, 'declared', []);
  other('an empty ca.crt does not win', { 'ca.crt': '', 'tls.crt': a }, 'declared', []);
  other('its own: ca.crt', { 'ca.crt': a, 'tls.crt': 'garbage' }, 'own', []);
  other('its own: root-cert.pem', { 'root-cert.pem': a, 'tls.crt': 'garbage' }, 'own', []);
  other('its own: never tls.crt', { 'tls.crt': a }, 'own', ['CS2016']);
  other('no data', {}, 'declared', ['CS2016']);
  return cases;
}
