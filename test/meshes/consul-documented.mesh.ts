import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandsOf, runDocumented } from './support/documented';

test('the commands of docs/consul.md do what it says', async () => {
  const { stdout: bin } = await promisify(execFile)(join(process.env['COUNTERSIGN_SERVERS'] ?? '', 'unpack'));
  const commands = commandsOf('consul.md', 'From nothing to a request');
  expect(commands).toHaveLength(4);
  const printed = await runDocumented(commands, { consul: join(bin.trim(), 'consul') });
  expect(printed).toContain('0 errors, 0 warnings');
  expect(printed.match(/Directory listing for \//g)).toHaveLength(4);
});
