import { readFileSync } from 'node:fs';
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
