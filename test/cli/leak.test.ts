import { createPrivateKey } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KeyTraces } from '../canary/key-traces';
import { issueLeaf, rootCa } from '../support/issuance';
import { CLEAN, countersign, folder } from './support/command';

// Keys where a command line expects a path, an address or a name, as when somebody writes `$(cat tls.key)` in the place of `tls.key`.

async function outputOf(argv: readonly string[]): Promise<string> {
  const { stdout, stderr } = await countersign(argv);
  return stdout + stderr;
}

describe.each(['as PEM', 'on one line', 'in base64url'] as const)('a key on the command line, %s', (spelling) => {
  let key: string;
  let clean: string;
  let found: KeyTraces;
  beforeAll(async () => {
    const { privateKeyPem } = await issueLeaf(await rootCa(), { name: 'argument' });
    found = new KeyTraces();
    found.addKey('the argument', privateKeyPem);
    const der = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'der' });
    key = { 'as PEM': privateKeyPem, 'on one line': der.toString('base64'), 'in base64url': der.toString('base64url') }[
      spelling
    ];
    clean = folder({ 'all.yaml': CLEAN });
  });

  test.each([
    [''],
    ['validate'],
    ['validate --at'],
    ['validate --format'],
    ['validate --xds-policy'],
    ['validate --'],
    ['render --type'],
    ['render --format'],
    ['render --ambassador-id'],
    ['certs list'],
    ['certs show'],
    ['explain --log x'],
    ['serve --xds'],
    ['serve --admin'],
    ['serve --xds-any-client --xds-cert ca.crt --xds-ca ca.crt --xds-key'],
    ['serve --log-level'],
    ['serve --max-deletion'],
    ['bootstrap --role'],
    ['bootstrap --role edge --xds'],
    ['bootstrap --role edge --xds-tls-dir /dev/null/x --out'],
    ['schema'],
  ])('countersign %s refuses it and does not repeat it', async (words) => {
    const args = words.split(' ').filter((word) => word !== '');
    if (words.endsWith('--')) args.pop();
    const output = await outputOf([...args, words.endsWith('--') ? `--${key}` : key, clean]);
    expect(output).not.toBe('');
    expect(found.findIn(output)).toEqual([]);
  });
});

/** A key whose encoding is a path as it stands: slashes in it make folders, but one at the end, or two in a row, are not kept. */
async function keyAsPath(encoding: 'base64' | 'base64url'): Promise<{ privateKeyPem: string; name: string }> {
  for (;;) {
    const { privateKeyPem } = await issueLeaf(await rootCa(), { name: 'file' });
    const name = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'der' }).toString(encoding);
    if (!/\/\/|\/$/.test(name)) return { privateKeyPem, name };
  }
}

test('a key in the name of a file and of a folder is not repeated; what is in them is told apart', async () => {
  const found = new KeyTraces();
  const path = folder();
  for (const encoding of ['base64', 'base64url'] as const) {
    const { privateKeyPem, name } = await keyAsPath(encoding);
    found.addKey(encoding, privateKeyPem);
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, `${name}.yaml`), 'a: [}\n');
  }
  const output = await outputOf(['validate', path]);
  expect(output.match(/redacted [0-9a-f]{8}\S*:1:5 error CS1004/g)).toHaveLength(2);
  expect(new Set(output.match(/redacted [0-9a-f]{8}/g)).size).toBe(2);
  expect(found.findIn(output)).toEqual([]);
});
