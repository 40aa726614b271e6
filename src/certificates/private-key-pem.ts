import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type Finding, finding } from './finding';
import { soundKey } from './sound-key';
import { type PemBlock, readPem } from './pem';

interface ParsedPrivateKey {
  readonly key?: KeyObject;
  readonly findings: readonly Finding[];
}

/** The labels of private keys that Envoy reads, with the structure behind each. */
const STRUCTURES: Readonly<Record<string, 'pkcs1' | 'pkcs8' | 'sec1'>> = {
  'PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
};
/** `openssl ecparam -genkey` writes the curve in a block of its own before the key. */
const HARMLESS = 'EC PARAMETERS';

/** Reads the one private key of a PEM text. Whether it is of a kind that Envoy accepts is judged on its certificate. */
export function parsePrivateKey(data: Buffer, key: string): ParsedPrivateKey {
  const pem = readPem(data);
  if (pem.problem !== undefined) return { findings: [finding('CS2003', key, `${key} ${pem.problem}`)] };
  const keys = pem.blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  const [block] = keys;
  if (!block) {
    const what = pem.blocks.some(({ label }) => label === 'CERTIFICATE')
      ? 'certificates but no private key'
      : 'no private key';
    return { findings: [finding('CS2002', key, `${key} holds ${what}`)] };
  }
  if (keys.length > 1) return { findings: [finding('CS2007', key, `${key} holds ${keys.length} private keys`)] };
  const parsed = parseBlock(block, key);
  const ignored = pem.trailing || pem.blocks.some(({ label }) => label !== block.label && label !== HARMLESS);
  if (!ignored) return parsed;
  return {
    ...parsed,
    findings: [...parsed.findings, finding('CS2015', key, `${key} holds more than the private key`)],
  };
}

function parseBlock(block: PemBlock, key: string): ParsedPrivateKey {
  if (block.encrypted || block.label === 'ENCRYPTED PRIVATE KEY') {
    return { findings: [finding('CS2006', key, `${key} is encrypted`)] };
  }
  const type = STRUCTURES[block.label];
  if (!type)
    return { findings: [finding('CS2008', key, `${key} is neither a PKCS #8, PKCS #1 nor SEC 1 private key`)] };
  try {
    const parsed = soundKey(createPrivateKey({ key: block.der, format: 'der', type }));
    if (parsed) return { key: parsed, findings: [] };
    return {
      findings: [
        finding('CS2005', key, `${key} contradicts itself: its public part does not follow from its private part`),
      ],
    };
  } catch {
    // What OpenSSL says is left out: it adds nothing that helps, and could quote.
    return { findings: [finding('CS2005', key, `${key} is not a well-formed private key`)] };
  }
}
