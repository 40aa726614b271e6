import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { maskLongRuns, maskPrivateKeys } from '../../src/model/redaction';
import { type Allowance, ALLOWANCES, allowanceFor } from './allowances';
import { KeyTraces } from './key-traces';
import { KEYS, OUTPUTS, type RecordedKey, type RecordedOutput, TESTS } from './run-directory';

/** What a run has written, and which of its keys are in it. */
export interface ScanReport {
  readonly keys: number;
  readonly outputs: number;
  readonly bytes: number;
  /** `<output> (<test>): <key> as <form>, <form>`, each output and key once. */
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

/** Characters of the name of an output that are told. */
const SHOWN = 160;

/** Looks for every recorded key in every recorded output. */
export function scan(directory: string): ScanReport {
  const filesOf = (start: string) =>
    readdirSync(directory)
      .filter((name) => name.startsWith(start))
      .map((name) => readFileSync(join(directory, name)));
  const linesOf = (start: string) =>
    filesOf(start).flatMap((file) =>
      file
        .toString()
        .split('\n')
        .filter((line) => line !== ''),
    );
  const traces = new KeyTraces({ stride: STRIDE, bits: BITS });
  const keys = new Map<string, RecordedKey>();
  for (const line of linesOf(KEYS)) {
    const key = JSON.parse(line) as RecordedKey;
    keys.set(key.numbers.join(), key);
  }
  for (const { name, numbers } of keys.values())
    for (const number of numbers) traces.addBytes(name, Buffer.from(number, 'hex'));
  const hits = new Map<string, Set<string>>();
  const met = new Set<Allowance>();
  const used = new Set<Allowance>();
  let [outputs, bytes] = [0, 0];
  for (const file of filesOf(OUTPUTS)) {
    const ends = new Map<number, Buffer>();
    for (const { stream, what, test, piece } of piecesOf(file)) {
      bytes += piece.length;
      const end = ends.get(stream);
      if (end === undefined) outputs += 1;
      const text = end === undefined ? piece : Buffer.concat([end, piece]);
      const allowance = allowanceFor(test, what);
      if (allowance !== undefined) met.add(allowance);
      for (const found of traces.findIn(text))
        if (allowance === undefined) {
          const [key = '', form = ''] = found.split(' as ');
          const where = `${shown(what)} (${test}): ${key}`;
          hits.set(where, (hits.get(where) ?? new Set()).add(form));
        } else used.add(allowance);
      ends.set(stream, Buffer.from(text.subarray(-OVERLAP)));
    }
  }
  const tests = new Set(linesOf(TESTS));
  const unused = ALLOWANCES.filter(
    (each) => !used.has(each) && (each.test === undefined ? met.has(each) : tests.has(each.test)),
  );
  return {
    keys: keys.size,
    outputs,
    bytes,
    hits: [...hits].map(([where, forms]) => `${where} as ${[...forms].join(', ')}`),
    unused,
  };
}

/** A command line may hold a key itself, and this goes into a report. */
function shown(what: string): string {
  return maskLongRuns(maskPrivateKeys(what)).replaceAll(/\s+/g, ' ').slice(0, SHOWN);
}

function* piecesOf(recorded: Buffer): Generator<RecordedOutput & { readonly piece: Buffer }> {
  for (let at = 0; at < recorded.length; ) {
    const start = recorded.indexOf('\n', at) + 1;
    const head = JSON.parse(recorded.subarray(at, start).toString()) as RecordedOutput;
    at = start + head.length + 1;
    yield { ...head, piece: recorded.subarray(start, start + head.length) };
  }
}
