import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Allowance, ALLOWANCES } from './allowances';
import { KeyTraces } from './key-traces';
import { KEYS, OUTPUTS, type RecordedKey, type RecordedOutput } from './run-directory';

/** What a run has written, and which of its keys are in it. */
export interface ScanReport {
  readonly keys: number;
  readonly outputs: number;
  readonly bytes: number;
  /** `<output> (<test>): <key> as <form>`, each once. */
  readonly hits: readonly string[];
  /** Of tests that ran, and wrote no key where they were allowed to. */
  readonly unused: readonly Allowance[];
}

/** Every 12 bytes of a key that stand together are enough to give it away, and 4 of 12 may be missed at either end. */
const STRIDE = 4;
/** 16 MiB of filter for each form. */
const BITS = 27;
/** Characters of one piece that are looked at again with the next: a trace may lie across both. */
const OVERLAP = 256;

/** Looks for every recorded key in every recorded output. */
export function scan(directory: string): ScanReport {
  const files = readdirSync(directory);
  const traces = new KeyTraces({ stride: STRIDE, bits: BITS });
  const keys = new Map<string, RecordedKey>();
  for (const file of files.filter((name) => name.startsWith(KEYS)))
    for (const line of readFileSync(join(directory, file), 'utf8').split('\n'))
      if (line !== '') {
        const key = JSON.parse(line) as RecordedKey;
        keys.set(key.numbers.join(), key);
      }
  for (const { name, numbers } of keys.values())
    for (const number of numbers) traces.addBytes(name, Buffer.from(number, 'hex'));
  const hits = new Set<string>();
  const unused = new Set<Allowance>();
  const used = new Set<Allowance>();
  let [outputs, bytes] = [0, 0];
  for (const file of files.filter((name) => name.startsWith(OUTPUTS))) {
    const ends = new Map<number, Buffer>();
    for (const { stream, what, test, piece } of piecesOf(readFileSync(join(directory, file)))) {
      bytes += piece.length;
      const end = ends.get(stream);
      if (end === undefined) outputs += 1;
      const text = end === undefined ? piece : Buffer.concat([end, piece]);
      const allowance = ALLOWANCES.find((allowed) => allowed.test === test && allowed.output.test(what));
      if (allowance !== undefined) unused.add(allowance);
      for (const found of traces.findIn(text))
        if (allowance === undefined) hits.add(`${what} (${test}): ${found}`);
        else used.add(allowance);
      ends.set(stream, Buffer.from(text.subarray(-OVERLAP)));
    }
  }
  return { keys: keys.size, outputs, bytes, hits: [...hits], unused: [...unused].filter((each) => !used.has(each)) };
}

function* piecesOf(recorded: Buffer): Generator<RecordedOutput & { readonly piece: Buffer }> {
  for (let at = 0; at < recorded.length; ) {
    const start = recorded.indexOf('\n', at) + 1;
    const head = JSON.parse(recorded.subarray(at, start).toString()) as RecordedOutput;
    at = start + head.length + 1;
    yield { ...head, piece: recorded.subarray(start, start + head.length) };
  }
}
