import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretNumbers } from './key-traces';
import { scan } from './scan';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
const FORGIVEN = 'test/e2e/refused-updates.test.ts';

interface Piece {
  readonly stream?: number;
  readonly what?: string;
  readonly test?: string;
  readonly text: string;
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-scan-'));
  const numbers = secretNumbers(key).map((number) => number.toString('hex'));
  writeFileSync(join(directory, 'keys-1'), `${JSON.stringify({ name: 'ec key 01', numbers })}\n`);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function scanOf(pieces: readonly Piece[], ran: readonly string[] = []) {
  const records = pieces.map(({ text, stream = 1, what = 'log', test = 'a.test.ts' }) => {
    const head = JSON.stringify({ stream, what, test, length: Buffer.byteLength(text) });
    return `${head}\n${text}\n`;
  });
  writeFileSync(join(directory, 'outputs-1'), records.join(''));
  writeFileSync(join(directory, 'tests-1'), ran.map((test) => `${test}\n`).join(''));
  return scan(directory);
}

test('counts what it looked at', () => {
  expect(scanOf([{ text: 'nothing' }, { text: '!' }, { stream: 2, text: 'ü' }])).toEqual({
    keys: 1,
    outputs: 2,
    bytes: 10,
    hits: [],
    unused: [],
  });
});

test('a key is found across the pieces of one output, and told once', () => {
  const { hits } = scanOf([...(pem + pem).matchAll(/[^]{1,5}/g)].map(([text]) => ({ text })));
  expect(hits).toEqual([expect.stringMatching(/^log \(a\.test\.ts\): ec key 01 as .*base64/)]);
});

test('the report does not repeat a key that is in the name of an output', () => {
  const hex = secretNumbers(key)[0]?.toString('hex') ?? '';
  const { hits } = scanOf([{ what: `stdout of node ${pem} ${hex}`, text: hex }]);
  expect(hits).toHaveLength(1);
  expect(hits[0]).toMatch(/^stdout of node \[redacted \w+\] \[redacted\] \(a\.test\.ts\): ec key 01 as hexadecimal$/);
});

test('an allowance is for the outputs of its test only', () => {
  const envoy = 'stderr of /opt/envoy -c x';
  const text = pem;
  expect(scanOf([{ what: envoy, test: FORGIVEN, text }]).hits).toEqual([]);
  expect(scanOf([{ what: 'log', test: FORGIVEN, text }]).hits).toHaveLength(1);
  expect(scanOf([{ what: envoy, text }]).hits).toHaveLength(1);
});

test('a command that is asked for keys may print them, on its standard output only', () => {
  const command = 'countersign render --static --with-keys x';
  expect(scanOf([{ what: `stdout of ${command}`, text: pem }]).hits).toEqual([]);
  expect(scanOf([{ what: `stderr of ${command}`, text: pem }]).hits).toHaveLength(1);
  expect(scanOf([{ what: 'stdout of countersign render --static x', text: pem }]).hits).toHaveLength(1);
});

test('an allowance that was not needed is told of, if its test ran', () => {
  expect(scanOf([{ text: 'nothing' }]).unused).toEqual([]);
  expect(scanOf([{ text: 'nothing' }], [FORGIVEN]).unused).toMatchObject([{ test: FORGIVEN }]);
  const used: Piece = { what: 'stderr of envoy -c x', test: FORGIVEN, text: pem };
  expect(scanOf([used], [FORGIVEN]).unused).toEqual([]);
});
