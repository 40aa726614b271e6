import childProcess, { ChildProcess } from 'node:child_process';
import crypto from 'node:crypto';
import http from 'node:http';
import type { Readable } from 'node:stream';
import { Recorder } from './recorder';

// Wraps the few functions of Node.js through which keys come into being, and outputs out of processes, once in each process.

const WATCHED = Symbol.for('countersign.canary.watched');

/** A command that is asked for keys prints them: `render --static --with-keys`. */
export const ASKED_FOR = '--with-keys';

type Callable = (...args: never[]) => unknown;

/** Lets `look` see each call of the function when it is over. */
function after(
  object: object,
  name: string,
  look: (self: unknown, args: readonly unknown[], result: unknown) => void,
): void {
  const original = Reflect.get(object, name) as Callable;
  const wrapped = function (this: unknown, ...args: never[]): unknown {
    const result = original.apply(this, args);
    look(this, args, result);
    return result;
  };
  // What hangs on the function, such as `util.promisify.custom`, stays on it.
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
  Object.defineProperty(object, name, { value: wrapped, configurable: true, writable: true });
}

function watch(recorder: Recorder): void {
  after(crypto, 'createPrivateKey', (_self, _args, key) => recorder.key(key));
  after(crypto, 'generateKeyPairSync', (_self, _args, pair) => recorder.key(privateOf(pair)));
  after(ChildProcess.prototype, 'spawn', (child) => {
    const { spawnargs, stdout, stderr } = child as ChildProcess;
    const command = commandLine(spawnargs ?? []);
    tee(stderr, recorder.output(`stderr of ${command}`));
    if (!command.includes(ASKED_FOR)) tee(stdout, recorder.output(`stdout of ${command}`));
  });
  after(childProcess, 'execFileSync', (_self, [file, args], result) => {
    const command = commandLine([file, ...(Array.isArray(args) ? args : [])]);
    if (!command.includes(ASKED_FOR) && isPiece(result)) recorder.output(`stdout of ${command}`)(result);
  });
  after(childProcess, 'spawnSync', (_self, [file, args], result) => {
    const command = commandLine([file, ...(Array.isArray(args) ? args : [])]);
    const { stdout, stderr } = result as ReturnType<typeof childProcess.spawnSync>;
    if (isPiece(stderr)) recorder.output(`stderr of ${command}`)(stderr);
    if (!command.includes(ASKED_FOR) && isPiece(stdout)) recorder.output(`stdout of ${command}`)(stdout);
  });
  // Bodies of HTTP/1.1 only, so of the admin port and the test's own servers; what xDS carries is HTTP/2.
  for (const name of ['write', 'end'] as const)
    after(http.ServerResponse.prototype, name, (self, [piece]) => {
      const { path = '' } = (self as http.ServerResponse).req as unknown as { path?: string };
      if (isPiece(piece)) recorder.output(`answer of an HTTP server ${path}`)(piece);
    });
  // What the admin ports of Countersign and of Envoy answer, in whichever process they are.
  after(Response.prototype, 'text', (self, _args, text) => {
    const record = recorder.output(`GET ${(self as Response).url}`);
    void (text as Promise<string>).then(record, () => undefined);
  });
  for (const stream of [process.stdout, process.stderr]) {
    const output = recorder.output(stream === process.stdout ? 'stdout of the tests' : 'stderr of the tests');
    after(stream, 'write', (_self, [piece]) => void (isPiece(piece) && output(piece)));
  }
}

function privateOf(pair: unknown): unknown {
  return (pair as { readonly privateKey?: unknown }).privateKey;
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
  watch(recorder);
}
