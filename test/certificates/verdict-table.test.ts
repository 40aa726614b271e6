import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Judgement, readKeyPair, readTrustBundle } from '../../src/certificates';
import type { SecretData } from '../../src/model/secret-data';
import { type Material, refusalOf } from '../support/envoy-verdict';
import { expectGolden } from '../support/golden';
import { AT } from '../support/pki';
import { bundleCases } from './bundle-cases';
import { pairCases } from './pair-cases';

// The tables of docs/certificates.md: what we say of each case, and what the real Envoy says of the very same text.

const PAGE = join(__dirname, '../../docs/certificates.md');

interface Row {
  readonly name: string;
  readonly ours: string;
  /** The very text of the Secret; absent where Envoy has nothing to judge. */
  readonly material?: Material;
  /** What Countersign makes of it; absent where it refuses. */
  readonly sent?: Material;
}

const text = (data: SecretData, key: string) => data.get(key)?.toString('utf8') ?? '';

function verdict({ value, findings }: Judgement<object>): string {
  const codes = [...new Set(findings.map(({ code }) => code))].toSorted().join(', ');
  if (value === undefined) return `refused, ${codes}`;
  return codes === '' ? 'accepted' : `accepted with a warning, ${codes}`;
}

async function pairRows(): Promise<readonly Row[]> {
  return (await pairCases()).map(({ name, data, envoy }) => {
    const judgement = readKeyPair(data, AT);
    return {
      name,
      ours: verdict(judgement),
      ...(judgement.value && {
        sent: { pair: { chain: judgement.value.chainPem, key: judgement.value.privateKey.revealPem() } },
      }),
      ...(envoy !== undefined && { material: { pair: { chain: text(data, 'tls.crt'), key: text(data, 'tls.key') } } }),
    };
  });
}

async function bundleRows(): Promise<readonly Row[]> {
  return (await bundleCases()).map(({ name, data, role, envoy }) => {
    const judgement = readTrustBundle(data, AT, role);
    return {
      name,
      ours: verdict(judgement),
      ...(judgement.value && { sent: { ca: judgement.value.pem } }),
      ...(envoy !== undefined && { material: { ca: text(data, 'ca.crt') } }),
    };
  });
}

async function table(rows: readonly Row[]): Promise<string> {
  const lines: string[] = [];
  for (const { name, ours, material, sent } of rows)
    lines.push(`| ${name.replaceAll('|', '\\|')} | ${ours} | ${await saysOf(material)} | ${await saysOf(sent)} |`);
  return [
    '| What the Secret holds | Countersign | Envoy, of its text | Envoy, of what it is sent |',
    '|---|---|---|---|',
    ...lines,
  ].join('\n');
}

async function saysOf(material: Material | undefined): Promise<string> {
  if (material === undefined) return '–';
  return (await refusalOf([material])) === undefined ? 'accepts' : 'refuses';
}

/** Envoy is started for each row, in milliseconds for all of them on a busy machine. */
const PATIENCE_MS = 180_000;

test(
  'docs/certificates.md says what we and the real Envoy say',
  async () => {
    const [pairs, bundles] = [await pairRows(), await bundleRows()];
    const tables = { pairs: await table(pairs), bundles: await table(bundles) };
    const page = Object.entries(tables).reduce(
      (before, [name, rows]) =>
        before.replace(
          new RegExp(`(<!-- ${name}: [^>]*-->\\n)[\\s\\S]*?(<!-- end of ${name} -->)`),
          (_all, start: string, end: string) => `${start}\n${rows}\n\n${end}`,
        ),
      readFileSync(PAGE, 'utf8'),
    );
    expectGolden(PAGE, page);
    process.stdout.write(`verdict table: ${pairs.length + bundles.length} rows\n`);
  },
  PATIENCE_MS,
);

test('nothing that we send is refused by Envoy', () => {
  const rows = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => / \| (?:accepts|refuses|–) \|$/.test(line));
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.filter((row) => row.endsWith('refuses |'))).toEqual([]);
  expect(rows.filter((row) => row.includes('| refused') && !row.endsWith('– |'))).toEqual([]);
});
