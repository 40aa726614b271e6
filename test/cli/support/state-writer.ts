import { randomBytes } from 'node:crypto';
import { StateFolder } from '../../../src/cli/state-folder';
import { enclose, FRESH_BYTES } from '../../../src/state';

// Writes state after state into a folder until it is killed, each of another length and with one byte throughout.

const [path = '', key = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const folder = await StateFolder.open(path);
  process.stdout.write('writing\n');
  for (let count = 0; ; count += 1) {
    const body = Buffer.alloc(1 + ((count * 77_773) % 2_000_000), count % 256);
    await folder.write(enclose(body, { key: Buffer.from(key, 'hex'), scope: 'test' }, randomBytes(FRESH_BYTES)));
  }
}

void main();
