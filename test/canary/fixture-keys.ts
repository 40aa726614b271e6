import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PRIVATE_KEY = /-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[^-]+-----END (?:EC |RSA )?PRIVATE KEY-----/g;
/** PEM in base64, as in the `data` of a Secret. */
const ENCODED = /LS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g;

/** The PEM of every private key in the files below, however it is written there. */
export function keysIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .flatMap((text) => [text, ...(text.match(ENCODED) ?? []).map((each) => Buffer.from(each, 'base64').toString())])
    .flatMap((text) => text.match(PRIVATE_KEY) ?? [])
    .map((pem) => pem.replaceAll(/\\n|\n/g, '\n').replaceAll(/^ +/gm, ''));
}
