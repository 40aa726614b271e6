import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { CommandFailure } from './exit-code';

const KEY_BYTES = 32;
/** More than a key in any of its forms. */
const MOST_BYTES = 4096;
/** Everybody else, and writing by the group: a Kubernetes volume with an `fsGroup` lets the group read. */
const OTHERS = 0o027;

/**
 * Reads the key that seals the state: 32 bytes as they are, or 32 and more in hexadecimal or base64.
 * @throws CommandFailure if it is not there, too short, or others may read it
 */
export async function readStateKey(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY).catch((cause: unknown) => {
    throw new CommandFailure(`--state-key: cannot read ${path}`, { cause });
  });
  try {
    const { mode, size } = await file.stat();
    if ((mode & OTHERS) !== 0)
      throw new CommandFailure(`--state-key: others may read ${path}, or its group write; set its mode to 0400`);
    if (size > MOST_BYTES) throw new CommandFailure(`--state-key: ${path} is too large to be a key`);
    const key = decoded(await file.readFile());
    if (key === undefined || key.length < KEY_BYTES || new Set(key).size < 2)
      throw new CommandFailure(
        `--state-key: ${path} holds no key of ${KEY_BYTES} bytes; make one with: openssl rand -hex ${KEY_BYTES}`,
      );
    return key;
  } finally {
    await file.close();
  }
}

/** Text first: 32 hexadecimal digits are half a key, not one of 32 bytes. A passphrase is none at all. */
function decoded(bytes: Buffer): Buffer | undefined {
  const text = bytes.toString('latin1').trim();
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text) || /^[A-Za-z0-9_-]+={0,2}$/.test(text)) return Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES && bytes.some((byte) => byte < 0x20 || byte > 0x7e) ? bytes : undefined;
}
