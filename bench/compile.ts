import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Compilation, type Stage, compile } from '../src/compile';
import { encodeAnyByName, type MessageName } from '../src/protos';
import { ResourceEncoder } from '../src/snapshot/resource-encoder';
import { FilesSource } from '../src/sources/files';
import { fileOf, mapping, writeMappings } from './mappings';
import { readFileSync } from 'node:fs';

async function main() {
  const n = Number(process.argv[2] ?? 10000);
  const perFile = Number(process.argv[3] ?? 100);
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  writeMappings(dir, { mappings: n, perFile });
  const encoder = new ResourceEncoder<MessageName>(encodeAnyByName, Buffer.alloc(32));
  const policy = { strict: false, forceSecretValidation: false, installNamespace: 'default' };
  let previous: Compilation | undefined;
  let resolveNext: (() => void) | undefined;
  let t0 = performance.now();
  const source = new FilesSource([dir]);
  const onState = (state: { documents: readonly import('../src/model/document').Document[] }) => {
    const tRead = performance.now() - t0;
    const stages = new Map<Stage, number>();
    const t1 = performance.now();
    previous = compile(state.documents, { policy, at: new Date(), encoder, stopwatch: (s, run) => { const a = performance.now(); const r = run(); stages.set(s, (stages.get(s) ?? 0) + performance.now() - a); return r; } }, previous);
    console.log('read', tRead.toFixed(0), 'compile', (performance.now() - t1).toFixed(0), Object.fromEntries([...stages].map(([k, v]) => [k, Math.round(v)])), 'rss', Math.round(process.memoryUsage.rss() / 1e6), previous.diagnostics.length, 'diags', state.documents.length);
    resolveNext?.();
  };
  await source.start(onState as never);
  for (let i = 0; i < 4; i++) {
    const index = 1234 + i;
    const f = fileOf(dir, index, perFile);
    const text = readFileSync(f, 'utf8').split('---\n');
    text[index % perFile] = mapping(index, 7000 + i);
    const next = new Promise<void>((r) => (resolveNext = r));
    t0 = performance.now();
    writeFileSync(f, text.join('---\n'));
    await next;
  }
  await source.stop();
  rmSync(dir, { recursive: true });
}
void main();
