import { createPrivateKey } from 'node:crypto';
import { readKeyPair, readTrustBundle } from '../../src/certificates';
import type { SecretData } from '../../src/model/secret-data';
import { pemOf } from '../support/crafted-certificate';
import { type Material, refusalOf } from '../support/envoy-verdict';
import { mutate, Randomness } from '../support/mutation';
import { AT, authority, secretOf, VALIDITY } from '../support/pki';
import { bundleCases } from './bundle-cases';
import { pairCases } from './pair-cases';

const text = (data: SecretData, key: string): string => data.get(key)?.toString('utf8') ?? '';

/** What we would send to Envoy; undefined if we refuse it. */
function accepted(data: SecretData): Material | undefined {
  const { value } = readKeyPair(data, AT);
  return value && { pair: { chain: value.chainPem, key: value.privateKey.revealPem() } };
}

test('Envoy accepts every pair that we accept', async () => {
  const materials = (await pairCases()).flatMap(({ data }) => accepted(data) ?? []);
  expect(materials.length).toBeGreaterThan(30);
  expect(await refusalOf(materials)).toBeUndefined();
});

test('Envoy accepts every bundle that we accept', async () => {
  const materials = (await bundleCases()).flatMap(({ data, role }) => {
    const { value } = readTrustBundle(data, AT, role);
    return value ? [{ ca: value.pem }] : [];
  });
  expect(materials.length).toBeGreaterThan(10);
  expect(await refusalOf(materials)).toBeUndefined();
});

test('the table says of each pair what Envoy says of its very text', async () => {
  const cases = (await pairCases()).filter(({ envoy }) => envoy !== undefined);
  const materialOf = ({ data }: (typeof cases)[number]): Material => ({
    pair: { chain: text(data, 'tls.crt'), key: text(data, 'tls.key') },
  });
  expect(await refusalOf(cases.filter(({ envoy }) => envoy === 'accepts').map(materialOf))).toBeUndefined();
  const refused = cases.filter(({ envoy }) => envoy === 'refuses');
  const acceptedAfterAll: string[] = [];
  for (const each of refused) if ((await refusalOf([materialOf(each)])) === undefined) acceptedAfterAll.push(each.name);
  expect(acceptedAfterAll).toEqual([]);
});

test('the table says of each bundle what Envoy says of its very text', async () => {
  const cases = (await bundleCases()).filter(({ envoy }) => envoy !== undefined);
  const materialOf = ({ data }: (typeof cases)[number]): Material => ({ ca: text(data, 'ca.crt') });
  expect(await refusalOf(cases.filter(({ envoy }) => envoy === 'accepts').map(materialOf))).toBeUndefined();
  const acceptedAfterAll: string[] = [];
  for (const each of cases.filter(({ envoy }) => envoy === 'refuses')) {
    if ((await refusalOf([materialOf(each)])) === undefined) acceptedAfterAll.push(each.name);
  }
  expect(acceptedAfterAll).toEqual([]);
});

test('Envoy accepts what we accept of randomly damaged certificates and keys', async () => {
  const leaf = await (await authority()).issue({
    commonName: 'edge',
    subjectAltNames: [
      { type: 'dns', value: 'edge.example' },
      { type: 'uri', value: 'spiffe://example/edge' },
      { type: 'ip', value: '10.0.0.1' },
    ],
    ...VALIDITY,
  });
  const certificate = Buffer.from(leaf.certificatePem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
  const key = createPrivateKey(leaf.privateKeyPem).export({ type: 'pkcs8', format: 'der' });
  const random = new Randomness(20_260_615);
  const materials: Material[] = [];
  for (let round = 0; round < 500; round += 1) {
    for (const data of [
      secretOf({ 'tls.crt': pemOf(mutate(certificate, random)), 'tls.key': leaf.privateKeyPem }),
      secretOf({ 'tls.crt': leaf.certificatePem, 'tls.key': pemOf(mutate(key, random), 'PRIVATE KEY') }),
      secretOf({ 'tls.crt': mutate(Buffer.from(leaf.certificatePem), random), 'tls.key': leaf.privateKeyPem }),
    ]) {
      const material = accepted(data);
      if (material) materials.push(material);
    }
  }
  expect(materials.length).toBeGreaterThan(50);
  expect(await refusalOf(materials)).toBeUndefined();
});
