import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countersign } from './support/command';

const committed = (name: string) => readFileSync(join(__dirname, '../../schemas', `${name}.schema.json`), 'utf8');

test('schema prints the schema for files with definitions of any kind', async () => {
  expect(await countersign(['schema'])).toEqual({ code: 0, stdout: committed('countersign'), stderr: '' });
});

test.each(['TLSContext', 'tlscontext'])('schema %s prints that of one kind', async (kind) => {
  expect(await countersign(['schema', kind])).toEqual({
    code: 0,
    stdout: committed('tls-context'),
    stderr: '',
  });
});

test('a kind that is not read is wrong usage, and those that are read are named', async () => {
  const { code, stdout, stderr } = await countersign(['schema', 'Maping']);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('Allowed choices are Mapping, TCPMapping, TLSContext, Host');
});

test('--crds prints what is shipped in deploy/crds', async () => {
  const folder = join(__dirname, '../../deploy/crds');
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const { code, stdout } = await countersign(['schema', '--crds']);
  expect(code).toBe(0);
  expect(new Set(stdout.split(/^---\n/m))).toEqual(new Set(files));
  expect(await countersign(['schema', 'Mapping', '--crds'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('mappings.getambassador.io'),
  });
  expect(await countersign(['schema', 'Secret', '--crds'])).toMatchObject({ code: 3 });
});
