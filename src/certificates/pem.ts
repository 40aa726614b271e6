/** One PEM block (RFC 7468): its label, such as `CERTIFICATE`, and the bytes inside. */
export interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
  /** True for the legacy encryption headers of RFC 1421 (`Proc-Type: 4,ENCRYPTED`); `der` is then ciphertext. */
  readonly encrypted: boolean;
}

export interface PemText {
  readonly blocks: readonly PemBlock[];
  /** Why the text cannot be used, as the end of a sentence that starts with the Secret's key; it quotes nothing. */
  readonly problem?: string;
  /** True if something other than white space follows the last block. */
  readonly trailing: boolean;
}

const BEGIN = /^-----BEGIN ([A-Z0-9 ]{1,40})-----$/;
const END = /^-----END ([A-Z0-9 ]{1,40})-----$/;
/** With a length that is a multiple of four. A repeated group would exhaust the stack on a revocation list of some megabytes. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const HEADER = /^[A-Za-z0-9-]+:/;

/**
 * Splits PEM text into its blocks. Text before and between blocks is allowed, as RFC 7468 §5.2 has it (`openssl` writes
 * such text); a block that is cut short, nested or not base64 is a problem, never skipped.
 */
export function readPem(data: Buffer): PemText {
  const bad = (problem: string): PemText => ({ blocks: [], problem, trailing: false });
  if (data.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf))) return bad('starts with a byte order mark');
  const text = data.toString('latin1');

  const blocks: PemBlock[] = [];
  let open: { readonly label: string; readonly body: string[] } | undefined;
  let trailing = false;
  for (const raw of text.split(/\r\n|\n|\r/)) {
    const line = raw.trimEnd();
    const begin = BEGIN.exec(line);
    const end = END.exec(line);
    if (begin?.[1] !== undefined) {
      if (open) return bad(`is cut short: PEM block ${blocks.length + 1} has no END line`);
      open = { label: begin[1], body: [] };
      trailing = false;
    } else if (end) {
      if (!open) return bad('is cut short: an END line has no BEGIN line');
      if (open.label !== end[1])
        return bad(`has BEGIN and END lines that do not match in PEM block ${blocks.length + 1}`);
      const block = decode(open.label, open.body);
      if (!block) return bad(`is damaged: PEM block ${blocks.length + 1} is not base64`);
      blocks.push(block);
      open = undefined;
    } else if (open) {
      open.body.push(line);
    } else if (line.includes('-----BEGIN ') || line.includes('-----END ')) {
      return bad(malformedBoundary(line));
    } else if (line !== '') {
      trailing = true;
    }
  }
  if (open) return bad(`is cut short: PEM block ${blocks.length + 1} has no END line`);
  if (blocks.length === 0) return bad(notPem(data, text));
  return { blocks, trailing };
}

/** Writes one block, 64 characters a line. */
export function writePem(label: string, der: Buffer): string {
  const body = der.toString('base64').replace(/.{64}(?!$)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}

function decode(label: string, lines: readonly string[]): PemBlock | undefined {
  const blank = lines.indexOf('');
  const headers = blank > 0 && HEADER.test(lines[0] ?? '') ? lines.slice(0, blank) : [];
  const body = lines.slice(headers.length).join('');
  if (body === '' || body.length % 4 !== 0 || !BASE64.test(body)) return undefined;
  return {
    label,
    der: Buffer.from(body, 'base64'),
    encrypted: headers.some((header) => /^Proc-Type:.*ENCRYPTED/.test(header)),
  };
}

function malformedBoundary(line: string): string {
  if (line.includes('\\n')) return 'has the two characters \\n where line breaks belong';
  if (/^\s/.test(line)) return 'has indented BEGIN or END lines';
  return 'has BEGIN or END lines that are not on a line of their own';
}

function notPem(data: Buffer, text: string): string {
  if (/^(?:\xff\xfe|\xfe\xff)/.test(text)) return 'is UTF-16, not PEM';
  if (data[0] === 0x30 && (data[1] ?? 0) >= 0x80) return 'is binary (DER or PKCS #12), not PEM';
  if (text.startsWith('LS0tLS1CRUdJTi')) return 'is base64-encoded once too often';
  return 'holds no PEM block';
}
