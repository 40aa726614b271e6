import crypto, { createHash, createPublicKey, KeyObject } from 'node:crypto';
import { appendFileSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { secretNumbers } from './key-traces';
import { KEYS, OUTPUTS, type RecordedKey, type RecordedOutput, RUN_DIRECTORY, TESTS } from './run-directory';

const SHARED = Symbol.for('countersign.canary.recorder');
const { createPrivateKey } = crypto;

/** Takes down every private key that the tests of this process meet, and every output that they see. */
export class Recorder {
  readonly #keys: string;
  readonly #tests: string;
  readonly #outputs: number;
  readonly #known = new Set<string>();
  #streams = 0;
  #test = '';

  private constructor(directory: string) {
    this.#keys = join(directory, `${KEYS}${process.pid}`);
    this.#tests = join(directory, `${TESTS}${process.pid}`);
    this.#outputs = openSync(join(directory, `${OUTPUTS}${process.pid}`), 'a', 0o600);
  }

  /**
   * The one of this process, whatever realm or module registry asks: Jest gives each test file its own, but one `node:crypto`.
   * Undefined outside of a run that records.
   */
  static get(): Recorder | undefined {
    const directory = process.env[RUN_DIRECTORY];
    if (directory === undefined) return undefined;
    const known = Reflect.get(crypto, SHARED) as Recorder | undefined;
    if (known !== undefined) return known;
    const made = new Recorder(directory);
    Reflect.set(crypto, SHARED, made);
    return made;
  }

  /** From here on, what is recorded is of this test file. */
  begin(test: string): void {
    this.#test = test;
    appendFileSync(this.#tests, `${test}\n`);
  }

  /** A key object, or whatever `createPrivateKey` takes; anything else is no key, and passed over. */
  key(key: unknown): void {
    const object = asPrivateKey(key);
    if (object === undefined) return;
    const numbers = secretNumbers(object).map((number) => number.toString('hex'));
    const id = createHash('sha256').update(numbers.join()).digest('base64');
    if (this.#known.has(id)) return;
    this.#known.add(id);
    const spki = createPublicKey(object).export({ type: 'spki', format: 'der' });
    const fingerprint = createHash('sha256').update(spki).digest('hex').slice(0, 16);
    const recorded: RecordedKey = { name: `${object.asymmetricKeyType} key ${fingerprint}`, numbers };
    appendFileSync(this.#keys, `${JSON.stringify(recorded)}\n`, { mode: 0o600 });
  }

  /** A key of the Web Crypto API, whether or not it may be exported. */
  cryptoKey(key: unknown): void {
    const { type } = key as { readonly type?: unknown };
    if (type === 'private') this.key(KeyObject.from(key as crypto.webcrypto.CryptoKey));
  }

  /** A new output, to which pieces are added. */
  output(what: string): (piece: string | Uint8Array) => void {
    const stream = (this.#streams += 1);
    return (piece) => {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      const head: RecordedOutput = { stream, what, test: this.#test, length: bytes.length };
      writeSync(this.#outputs, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes, Buffer.from('\n')]));
    };
  }
}

function asPrivateKey(key: unknown): KeyObject | undefined {
  try {
    if (key instanceof KeyObject) return key.type === 'private' ? key : undefined;
    return createPrivateKey(key as Parameters<typeof createPrivateKey>[0]);
  } catch {
    return undefined;
  }
}
