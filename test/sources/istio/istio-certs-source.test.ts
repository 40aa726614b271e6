import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateAuthority, IssuedCertificate } from '../../../src/cli/demo/pki';
import { judge } from '../../../src/cli/istio-certs';
import { FILES, type FileName } from '../../../src/sources/istio/certificate-files';
import { IstioCertsSource } from '../../../src/sources/istio/istio-certs-source';
import type { SourceState } from '../../../src/sources/source';
import { eventually } from '../../support/eventually';
import { issueLeaf, rootCa } from '../../support/issuance';

const TIMING = { quietMs: 5, maxMs: 50, rescanMs: 20, graceMs: 150 };

let ca: CertificateAuthority;
let renewals: readonly IssuedCertificate[];
let folder: string;
let source: IstioCertsSource;
let states: SourceState[];

beforeAll(async () => {
  ca = await rootCa('Istio CA');
  renewals = await Promise.all(
    Array.from({ length: 12 }, (_, index) => issueLeaf(ca, { name: `renewal-${index}`, uri: 'spiffe://td/ns/a/sa/b' })),
  );
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-istio-'));
  states = [];
});
afterEach(async () => {
  await source.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function begin(path = folder): Promise<void> {
  source = new IstioCertsSource({
    folder: path,
    namespace: 'ambassador',
    judge: (contents) => judge(contents, new Date()),
    timing: TIMING,
  });
  await source.start((state) => states.push(state));
}

function contentsOf(index: number, roots = ca.certificatePem): Readonly<Record<FileName, string>> {
  const { chainPem, privateKeyPem } = renewals[index] as IssuedCertificate;
  return { 'key.pem': privateKeyPem, 'cert-chain.pem': chainPem, 'root-cert.pem': roots };
}

/** As istio-agent does it: into a file beside, which is renamed. */
function replace(name: string, text: string, into = folder): void {
  writeFileSync(join(into, `.${name}`), text, { mode: 0o600 });
  renameSync(join(into, `.${name}`), join(into, name));
}

function write(index: number, into = folder, roots?: string): void {
  for (const [name, text] of Object.entries(contentsOf(index, roots))) replace(name, text, into);
}

/** What a state publishes of each file. */
function published({ documents }: SourceState): Readonly<Partial<Record<FileName, string>>> {
  const { data = {} } = (documents[0]?.value ?? {}) as { readonly data?: Readonly<Record<string, string>> };
  return Object.fromEntries(Object.entries(data).map(([name, text]) => [name, Buffer.from(text, 'base64').toString()]));
}

async function serves(index: number, roots?: string): Promise<SourceState> {
  return await eventually(`renewal ${index}`, () =>
    Promise.resolve(states.findLast((state) => isSame(published(state), contentsOf(index, roots)))),
  );
}

async function tells(code: string): Promise<SourceState> {
  return await eventually(code, () =>
    Promise.resolve(states.findLast(({ diagnostics }) => diagnostics.some((finding) => finding.code === code))),
  );
}

function isSame(a: Readonly<Partial<Record<FileName, string>>>, b: Readonly<Record<FileName, string>>): boolean {
  return FILES.every((name) => a[name] === b[name]);
}

test('the Secret is that of Ambassador’s how-to, root included', async () => {
  write(0);
  await begin();
  const state = await serves(0);
  expect(state).toMatchObject({ synced: true, diagnostics: [] });
  expect(state.documents[0]).toMatchObject({
    prevails: true,
    value: {
      kind: 'Secret',
      metadata: { name: 'istio-certs', namespace: 'ambassador' },
      type: 'istio.io/key-and-cert',
    },
  });
});

test('a folder that comes later, its files one by one; a renewal; the same once more is no news', async () => {
  const late = join(folder, 'late');
  await begin(late);
  const without = await tells('CS7030');
  expect(without).toMatchObject({ synced: true, documents: [] });
  expect(without.diagnostics[0]?.message).toContain('key.pem is not there');
  mkdirSync(late);
  for (const [name, text] of Object.entries(contentsOf(0))) {
    expect(states.at(-1)?.documents).toEqual([]);
    replace(name, text, late);
  }
  const first = await serves(0);
  expect(first.diagnostics).toEqual([]);
  write(1, late);
  await serves(1);
  const count = states.length;
  write(1, late);
  await eventually('looked at twice', () => Promise.resolve(performance.now()));
  write(2, late);
  await serves(2);
  expect(states.slice(count).every((state) => isSame(published(state), contentsOf(2)))).toBe(true);
});

test('a folder whose files are links that are switched, as Kubernetes mounts them', async () => {
  for (const version of ['one', 'two']) mkdirSync(join(folder, version));
  write(0, join(folder, 'one'));
  write(1, join(folder, 'two'));
  symlinkSync('one', join(folder, '..data'));
  for (const name of FILES) symlinkSync(join('..data', name), join(folder, name));
  await begin();
  await serves(0);
  symlinkSync('two', join(folder, '..next'));
  renameSync(join(folder, '..next'), join(folder, '..data'));
  await serves(1);
});

test.each<[string, FileName, string | undefined, RegExp]>([
  ['without its root', 'root-cert.pem', undefined, /root-cert\.pem is not there/],
  ['an empty key', 'key.pem', '', /key\.pem is empty/],
  ['half a key', 'key.pem', '-----BEGIN PRIVATE KEY-----\nMIGH', /key\.pem/],
  ['a chain of another key', 'cert-chain.pem', 'other', /./],
  ['a root that is none', 'root-cert.pem', 'hello', /root-cert\.pem/],
])('%s: what was there stays, and it is told once it lasts', async (_what, name, text, message) => {
  write(0);
  await begin();
  await serves(0);
  if (text === undefined) rmSync(join(folder, name));
  else replace(name, text === 'other' ? contentsOf(1)['cert-chain.pem'] : text);
  const { documents, diagnostics } = await eventually('a finding', () =>
    Promise.resolve(states.findLast((state) => state.diagnostics.length > 0)),
  );
  expect(isSame(published({ documents } as SourceState), contentsOf(0))).toBe(true);
  expect(diagnostics[0]?.message).toMatch(message);
  expect(JSON.stringify(diagnostics)).not.toContain('MIGH');
  write(1);
  expect((await serves(1)).diagnostics).toEqual([]);
});

test('a pipe in the place of a file is not waited for', async () => {
  write(0);
  rmSync(join(folder, 'key.pem'));
  execFileSync('mkfifo', [join(folder, 'key.pem')]);
  await begin();
  expect((await tells('CS7030')).diagnostics[0]?.message).toContain("key.pem can't be read");
});

test('roots of the mesh behind the chain are left out: there may be several, and one twice', async () => {
  const other = await rootCa('Istio CA B');
  const { 'cert-chain.pem': chain, ...rest } = contentsOf(0);
  for (const [name, text] of Object.entries(rest)) replace(name, text);
  replace('cert-chain.pem', chain + ca.certificatePem + ca.certificatePem + other.certificatePem);
  await begin();
  expect((await serves(0)).diagnostics).toEqual([]);
});

test('roots that change alone are taken over', async () => {
  write(0);
  await begin();
  await serves(0);
  const both = ca.certificatePem + (await rootCa('Istio CA B')).certificatePem;
  replace('root-cert.pem', both);
  await serves(0, both);
});

test('in whatever order and how slowly the files come, no two of different renewals are published together', async () => {
  write(0);
  await begin();
  const random = generator(Number(process.env['ISTIO_SEED'] ?? 7));
  let last = 0;
  for (let round = 1; round <= 150; round += 1) {
    last = round % renewals.length;
    const order = FILES.map((name) => ({ name, at: random() })).toSorted((a, b) => a.at - b.at);
    for (const { name } of order) {
      const text = contentsOf(last)[name];
      // Half of it first, in place, as a careless writer would.
      if (random() < 0.3) writeFileSync(join(folder, name), text.slice(0, Math.floor(text.length * random())));
      if (random() < 0.5) await new Promise((resolve) => setImmediate(resolve));
      if (random() < 0.2) await eventually('some time', () => Promise.resolve(true));
      replace(name, text);
    }
    if (random() < 0.5) await serves(last);
  }
  await serves(last);
  for (const state of states) {
    const is = renewals.findIndex((_, index) => isSame(published(state), contentsOf(index)));
    expect(is).toBeGreaterThanOrEqual(0);
  }
});

/** Numbers from 0 to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
