import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { LogCapture } from '../../support/log-capture';
import { issueLeaf, rootCa } from '../../support/issuance';
import { definition, countersign, folder } from '../../cli/support/command';

// One planted key for each way out of a process and each form. `PLANT` chooses; without it, nothing is written.

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
const der = key.export({ type: 'pkcs8', format: 'der' });

const FORMS: Readonly<Record<string, string>> = {
  pem,
  'pem-in-json': JSON.stringify({ key: pem }),
  base64: der.subarray(1).toString('base64'),
  base64url: der.toString('base64url'),
  hex: der.toString('hex'),
  raw: der.toString('latin1'),
};

const print = (text: string) => [process.execPath, ['-e', `process.stdout.write(${JSON.stringify(text)})`]] as const;

const WAYS: Readonly<Record<string, (text: string) => Promise<unknown>>> = {
  console: async (text) => console.log(text),
  stderr: async (text) => process.stderr.write(text),
  log: async (text) => new LogCapture().write(`${text}\n`),
  'child process': async (text) => await promisify(execFile)(...print(text)),
  'child process, waited for': async (text) => [execFileSync(...print(text)), spawnSync(...print(text))],
  'admin port': async (text) => {
    const server = createServer((_request, response) => response.end(Buffer.from(text, 'latin1')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    await (await fetch(`http://127.0.0.1:${address.port}/status`)).text();
    await promisify(server.close.bind(server))();
  },
};

test('writes what it is told to write', async () => {
  const [way = '', form = ''] = (process.env['PLANT'] ?? '').split('/');
  await WAYS[way]?.(FORMS[form] ?? '');
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
