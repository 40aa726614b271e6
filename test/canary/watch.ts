import childProcess, { ChildProcess } from 'node:child_process';
import crypto from 'node:crypto';
import http from 'node:http';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { Recorder } from './recorder';

// Wraps the few functions of Node.js through which keys come into being, and outputs out of processes, once in each process.

const WATCHED = Symbol.for('countersign.canary.watched');

type Record = (piece: string | Uint8Array) => void;
type Callable = (...args: never[]) => unknown;
type Look = (self: unknown, args: readonly unknown[], result: unknown) => void;

/** Lets `look` see each call of the function when it has returned, and `failed` what it threw. */
function after<T extends object>(
  object: T,
  name: keyof T & string,
  look: Look,
  failed?: (args: readonly unknown[], error: unknown) => void,
): void {
  const original = object[name] as Callable;
  const wrapped = function (this: unknown, ...args: never[]): unknown {
    let result: unknown;
    try {
      result = original.apply(this, args);
    } catch (error) {
      failed?.(args, error);
      throw error;
    }
    look(this, args, result);
    return result;
  };
  // What hangs on the function, such as `util.promisify.custom`, stays on it.
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
  Object.defineProperty(object, name, { value: wrapped, configurable: true, writable: true });
}

/** Each way by which a key comes into being in this process, or is read. */
function watchKeys(recorder: Recorder): void {
  after(crypto, 'createPrivateKey', (_self, _args, key) => recorder.key(key));
  after(crypto, 'generateKeyPairSync', (_self, _args, pair) => recorder.key(privateOf(pair)));
  const { generateKeyPair } = crypto as unknown as { generateKeyPair: Callable };
  const generate = (...args: never[]): unknown => {
    const settle = args.at(-1) as unknown as (error: unknown, publicKey: unknown, privateKey: unknown) => void;
    const seen = (error: unknown, publicKey: unknown, privateKey: unknown): void => {
      recorder.key(privateKey);
      settle(error, publicKey, privateKey);
    };
    return generateKeyPair(...args.slice(0, -1), seen as never);
  };
  const promised = async (...args: never[]): Promise<unknown> =>
    await new Promise((resolve, reject) => {
      const settle = (error: unknown, publicKey: unknown, privateKey: unknown): void =>
        error === null || error === undefined ? resolve({ publicKey, privateKey }) : reject(error);
      generate(...args, settle as never);
    });
  Object.defineProperty(generate, promisify.custom, { value: promised });
  Object.defineProperty(crypto, 'generateKeyPair', { value: generate, configurable: true, writable: true });
  const subtle = Object.getPrototypeOf(crypto.webcrypto.subtle) as typeof crypto.webcrypto.subtle;
  for (const name of ['importKey', 'generateKey', 'unwrapKey', 'deriveKey'] as const)
    after(subtle, name, (_self, _args, made) => {
      const look = (key: unknown) => recorder.cryptoKey(privateOf(key) ?? key);
      void (made as Promise<unknown>).then(look, () => undefined);
    });
}

function watchProcesses(recorder: Recorder): void {
  after(ChildProcess.prototype as unknown as { spawn: Callable }, 'spawn', (child) => {
    const { spawnargs, stdout, stderr } = child as ChildProcess;
    const command = commandLine(spawnargs ?? []);
    tee(stderr, recorder.output(`stderr of ${command}`));
    tee(stdout, recorder.output(`stdout of ${command}`));
  });
  const both = ([file, args]: readonly unknown[], ended: unknown) => {
    const command = commandLine([file, ...(Array.isArray(args) ? args : [])]);
    const { stdout, stderr } = ended as { readonly stdout?: unknown; readonly stderr?: unknown };
    if (isPiece(stderr)) recorder.output(`stderr of ${command}`)(stderr);
    if (isPiece(stdout)) recorder.output(`stdout of ${command}`)(stdout);
  };
  after(childProcess, 'spawnSync', (_self, args, ended) => both(args, ended));
  for (const name of ['execFileSync', 'execSync'] as const)
    after(childProcess, name, (_self, args, stdout) => both(args, { stdout }), both);
  for (const stream of [process.stdout, process.stderr]) {
    const output = recorder.output(stream === process.stdout ? 'stdout of the tests' : 'stderr of the tests');
    after(stream, 'write', (_self, [piece]) => void (isPiece(piece) && output(piece)));
  }
}

function watchHttp(recorder: Recorder): void {
  // HTTP/1.1 only, so the admin port and the tests' own servers; what xDS carries is HTTP/2.
  const answers = new WeakMap<http.ServerResponse, Record>();
  const answer = (self: unknown): Record => {
    const response = self as http.ServerResponse;
    const { method, url } = response.req;
    const record = answers.get(response) ?? recorder.output(`answer of an HTTP server to ${method} ${url}`);
    answers.set(response, record);
    return record;
  };
  after(http.ServerResponse.prototype, 'writeHead', (self, args) => answer(self)(JSON.stringify(args)));
  for (const name of ['write', 'end'] as const)
    after(http.ServerResponse.prototype, name, (self, [piece]) => void (isPiece(piece) && answer(self)(piece)));
  // What the admin ports of Countersign and of Envoy answer, in whichever process they are.
  for (const name of ['text', 'json', 'arrayBuffer'] as const)
    after(Response.prototype, name, (self, _args, body) => {
      const { url, headers } = self as Response;
      const record = recorder.output(`GET ${url}`);
      record(JSON.stringify([...headers]));
      void (body as Promise<unknown>).then(
        (read) => record(pieceOf(read)),
        () => undefined,
      );
    });
}

function privateOf(pair: unknown): unknown {
  return (pair as { readonly privateKey?: unknown }).privateKey;
}

function pieceOf(body: unknown): string | Uint8Array {
  if (typeof body === 'string') return body;
  return body instanceof ArrayBuffer ? new Uint8Array(body) : JSON.stringify(body);
}

function isPiece(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array || Buffer.isBuffer(value);
}

/** Everything that a stream takes in passes through `push`; a listener would make it flow. */
function tee(stream: Readable | null | undefined, output: (piece: string | Uint8Array) => void): void {
  if (!stream) return;
  const push = stream.push.bind(stream);
  stream.push = (piece: unknown, encoding?: BufferEncoding) => {
    if (isPiece(piece)) output(piece);
    return push(piece, encoding);
  };
}

function commandLine(words: readonly unknown[]): string {
  return words.map(String).join(' ').slice(0, 300);
}

/** Begins to record what this process does, if the run is one that records; once, however often it is called. */
export function watchThisProcess(): void {
  const recorder = Recorder.get();
  if (recorder === undefined || Reflect.get(crypto, WATCHED) !== undefined) return;
  Reflect.set(crypto, WATCHED, true);
  watchKeys(recorder);
  watchProcesses(recorder);
  watchHttp(recorder);
}
