import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';

const FORMAT = 'countersign last good';
const VERSION = 1;
const PURPOSE = 'countersign/last-good/aes-256-gcm/v1';
const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;
const SALT_BYTES = 32;
const NONCE_BYTES = 12;
/** More than any header has. */
const HEADER_BYTES = 1024;

/** Fresh random bytes that a sealed state needs each time: a salt for its key and a nonce. */
export const FRESH_BYTES = SALT_BYTES + NONCE_BYTES;

export interface EnvelopeOptions {
  /** At least 32 bytes; absent: not sealed. */
  readonly key: Buffer | undefined;
  /** What the state belongs to: one of another scope is not read. */
  readonly scope: string;
}

interface Header {
  readonly format: string;
  readonly version: number;
  readonly scope: string;
  /** Of a sealed state: base64. */
  readonly salt?: string;
  readonly nonce?: string;
  /** Of one that is not sealed: SHA-256 of the body in hex, against accidents. */
  readonly digest?: string;
}

export type Opened = { readonly body: Buffer } | { readonly problem: string };

/**
 * A line of JSON, then the body. With a key the body is AES-256-GCM (NIST SP 800-38D) under a key of its own, derived by HKDF
 * (RFC 5869) from a fresh salt; the line is its associated data, so that nothing in it can be changed.
 *
 * @param fresh FRESH_BYTES random bytes that are used once
 */
export function enclose(body: Buffer, { key, scope }: EnvelopeOptions, fresh: Buffer): Buffer {
  const base = { format: FORMAT, version: VERSION, scope };
  if (key === undefined) return Buffer.concat([lineOf({ ...base, digest: digestOf(body) }), body]);
  const [salt, nonce] = [fresh.subarray(0, SALT_BYTES), fresh.subarray(SALT_BYTES, FRESH_BYTES)];
  const line = lineOf({ ...base, salt: salt.toString('base64'), nonce: nonce.toString('base64') });
  const cipher = createCipheriv(CIPHER, derived(key, salt), nonce, { authTagLength: TAG_BYTES }).setAAD(line);
  return Buffer.concat([line, cipher.update(body), cipher.final(), cipher.getAuthTag()]);
}

/** The body, or why it is not to be trusted. */
export function open(bytes: Buffer, { key, scope }: EnvelopeOptions): Opened {
  const end = bytes.subarray(0, HEADER_BYTES).indexOf('\n') + 1;
  const header = end === 0 ? undefined : headerOf(bytes.toString('utf8', 0, end));
  if (header?.format !== FORMAT) return { problem: 'it is no state of Countersign, or its beginning is damaged' };
  if (header.version !== VERSION) return { problem: `its format is version ${header.version}, and ${VERSION} is read` };
  const { salt, nonce, digest } = header;
  const isSealed = salt !== undefined && nonce !== undefined;
  if (isSealed && key === undefined) return { problem: 'it is sealed, and there is no --state-key' };
  if (!isSealed && key !== undefined) return { problem: 'it is not sealed, though there is a --state-key' };
  const body = bytes.subarray(end);
  const opened = isSealed && key !== undefined ? unsealed(body, bytes.subarray(0, end), key, salt, nonce) : body;
  if (opened === undefined) return { problem: 'it is damaged, or sealed with another key' };
  if (!isSealed && digest !== digestOf(body)) return { problem: 'it is damaged' };
  if (header.scope !== scope) return { problem: 'it is of a control plane that reads other paths' };
  return { body: opened };
}

function unsealed(sealed: Buffer, line: Buffer, key: Buffer, salt: string, nonce: string): Buffer | undefined {
  if (sealed.length < TAG_BYTES) return undefined;
  try {
    const iv = Buffer.from(nonce, 'base64');
    if (iv.length !== NONCE_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, derived(key, Buffer.from(salt, 'base64')), iv, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(line).setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function derived(key: Buffer, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, PURPOSE, 32));
}

function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

function lineOf(header: Header): Buffer {
  return Buffer.from(`${JSON.stringify(header)}\n`);
}

function headerOf(line: string): Header | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isHeader(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const isText = (name: string) => typeof fields.get(name) === 'string';
  return (
    isText('format') &&
    typeof fields.get('version') === 'number' &&
    isText('scope') &&
    ['salt', 'nonce', 'digest'].every((name) => !fields.has(name) || isText(name))
  );
}
