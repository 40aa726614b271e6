// One cold compilation and a number of changes, in a process of its own; prints a CompileRun as JSON. `prepared` as its argument
// has the schemas compiled and the proto descriptors loaded beforehand.
import { offlineEncoder } from '../src/cli/offline-encoder';
import { type Compilation, type Stage, compile } from '../src/compile';
import type { Document } from '../src/model/document';
import { DEFAULT_POLICY } from '../src/resolution/policy';
import { CompileDocuments } from './compile-documents';
import { CHANGES, type CompileRun, MAPPINGS, type Measured } from './compile-run';

const encoder = offlineEncoder();

function measure(documents: readonly Document[], previous?: Compilation): [Compilation, Measured] {
  const stages: Partial<Record<Stage, number>> = {};
  const stopwatch = <T>(stage: Stage, run: () => T): T => {
    const start = performance.now();
    const result = run();
    stages[stage] = (stages[stage] ?? 0) + performance.now() - start;
    return result;
  };
  const at = new Date();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const compilation = compile(documents, { policy: DEFAULT_POLICY, at, encoder, stopwatch, unread: [] }, previous);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return [compilation, { wallMs, cpuMs: (user + system) / 1000, stages }];
}

const documents = new CompileDocuments(MAPPINGS);
if (process.argv.includes('prepared')) measure(new CompileDocuments(1).all);
const first = measure(documents.all);
let [compilation] = first;
const changes = Array.from({ length: CHANGES }, (_, change) => {
  documents.change((change * 613 + 17) % MAPPINGS, 6000 + change);
  const [next, measured] = measure(documents.all, compilation);
  if (next.groups.get('default')?.snapshot === compilation.groups.get('default')?.snapshot)
    throw new Error('the change changed nothing');
  compilation = next;
  return measured;
});
const run: CompileRun = { cold: first[1], changes };
process.stdout.write(JSON.stringify(run));
