import { exec, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  KeyObject,
  webcrypto,
} from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { diagnostic } from '../../../src/diagnostics/diagnostic';
import { countersign, definition, folder } from '../../cli/support/command';
import { issueLeaf, rootCa } from '../../support/issuance';
import { LogCapture } from '../../support/log-capture';
import { keyForms } from '../key-forms';

// One key of its own for each way out of a process and each form, and for each way in which a key comes to be. The environment says
// which; without it, nothing is written. Which key went where is written to a file that is no output.

const { PLANT = '', FORM = '', PLANTED = '' } = process.env;
const SEPARATOR = Buffer.from('\n---\n');
const OF_TEXT = new Set(['console', 'piece by piece', 'finding', 'header of an answer']);

/** A program that prints these bytes. */
const print = (bytes: Buffer) =>
  [process.execPath, ['-e', `process.stdout.write(Buffer.from('${bytes.toString('hex')}', 'hex'))`]] as const;
const complain = (bytes: Buffer) =>
  `process.stderr.write(Buffer.from('${bytes.toString('hex')}', 'hex'));process.exit(1)`;

async function serve(bytes: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const server = createServer((_request, response) => response.writeHead(200, headers).end(bytes));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const answer = await fetch(`http://127.0.0.1:${address.port}/status`, { headers: { connection: 'close' } });
  await answer.clone().arrayBuffer();
  await promisify(server.close.bind(server))();
  return answer;
}

const WAYS: Readonly<Record<string, (text: string, bytes: Buffer) => unknown>> = {
  console: (text) => console.log(text),
  'standard output': (_text, bytes) => process.stdout.write(bytes),
  'standard error': (_text, bytes) => process.stderr.write(bytes),
  'piece by piece': (text) => {
    const log = new LogCapture();
    for (const piece of text.match(/[^]{1,7}/g) ?? []) log.write(piece);
  },
  finding: (text) => diagnostic('CS1001', { message: text }),
  process: async (_text, bytes) => {
    const [file, args] = print(bytes);
    await once(
      spawn(file, args).stdout.on('data', () => {}),
      'end',
    );
  },
  'process read to its end': async (_text, bytes) => await promisify(execFile)(...print(bytes)),
  'process waited for': (_text, bytes) => execFileSync(...print(bytes)),
  'process waited for otherwise': (_text, bytes) => spawnSync(...print(bytes)),
  'process that fails': (_text, bytes) => {
    expect(() => execFileSync(process.execPath, ['-e', complain(bytes)], { stdio: 'pipe' })).toThrow();
  },
  shell: async (_text, bytes) => {
    const [file, [flag, program]] = print(bytes);
    await promisify(exec)(`'${file}' ${flag} "${program}"`);
  },
  'body of an answer': async (_text, bytes) => await (await serve(bytes)).text(),
  'header of an answer': async (text) => await serve(Buffer.of(), { location: encodeURIComponent(text) }),
};

function planted(way: string, form: string, key: KeyObject): void {
  appendFileSync(PLANTED, `${JSON.stringify({ way, form, id: fingerprint(key) })}\n`);
}

/** As the report of the scan names it. */
function fingerprint(key: KeyObject): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex').slice(0, 16);
}

const CURVE = { namedCurve: 'P-256' } as const;
const ORIGINS: Readonly<Record<string, () => Promise<KeyObject>>> = {
  'generateKeyPairSync()': async () => await Promise.resolve(generateKeyPairSync('ec', CURVE).privateKey),
  'generateKeyPair() with a promise': async () => (await promisify(generateKeyPair)('ec', CURVE)).privateKey,
  'generateKeyPair() with a callback': async () =>
    await new Promise((resolve, reject) =>
      generateKeyPair('ec', CURVE, (error, _public, key) => (error === null ? resolve(key) : reject(error))),
    ),
  'Web Crypto': async () => {
    const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', ...CURVE }, true, ['sign', 'verify']);
    return KeyObject.from(pair.privateKey);
  },
  'a test CA': async () => createPrivateKey((await rootCa()).privateKeyPem),
};

for (const [way, write] of Object.entries(WAYS).filter(([name]) => PLANT === 'everything' || PLANT === name))
  test(`${way}: every form`, async () => {
    const forms = Object.keys(keyForms(generateKeyPairSync('ec', CURVE).privateKey)).map((form) => {
      const key = generateKeyPairSync('ec', CURVE).privateKey;
      return { form, key, written: keyForms(key)[form] ?? '' };
    });
    const chosen = forms.filter(({ form }) => FORM === '' || FORM === form);
    // What takes text is not given bytes.
    const fit = chosen.filter(({ written }) => !OF_TEXT.has(way) || typeof written === 'string');
    for (const { form, key } of fit) planted(way, form, key);
    const pieces = fit.map(({ written }) => Buffer.from(written));
    // A header has no room for all of them.
    const lots = way === 'header of an answer' ? pieces : [Buffer.concat(pieces.flatMap((each) => [each, SEPARATOR]))];
    for (const bytes of lots) await write(bytes.toString(), bytes);
  }, 60_000);

if (PLANT === 'everything')
  test.each(Object.entries(ORIGINS))('a key of %s', async (name, make) => {
    const key = await make();
    planted('origin', name, key);
    process.stderr.write(key.export({ type: 'pkcs8', format: 'pem' }));
  });

test('a command that is asked for keys may print them', async () => {
  const leaf = await issueLeaf(await rootCa(), { name: 'planted' });
  const stringData = { 'tls.crt': leaf.chainPem, 'tls.key': leaf.privateKeyPem };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, type: 'kubernetes.io/tls', stringData };
  const context = definition('TLSContext', 'a', { hosts: [], secret: 'a' });
  const mapping = definition('Mapping', 'a', { hostname: '*', prefix: '/', service: 'a', tls: 'a' });
  const path = folder({ 'a.yaml': `${JSON.stringify(secret)}\n${context}${mapping}` });
  const { stdout } = await countersign(['render', '--static', '--with-keys', path], { now: new Date().toISOString() });
  expect(stdout).toContain('PRIVATE KEY');
});
