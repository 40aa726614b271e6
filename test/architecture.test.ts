import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = join(__dirname, '..');
const SRC = join(ROOT, 'src');

/** The table under "Rooms" in docs/architecture.md: which room may import which. */
function allowedImports(): ReadonlyMap<string, ReadonlySet<string> | 'everything'> {
  const text = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const rows =
    text
      .split('## Rooms')[1]
      ?.split('\n## ')[0]
      ?.match(/^\| `[^\n]+/gm) ?? [];
  return new Map(
    rows.map((row) => {
      const [, room = '', , imports = ''] = row.split('|').map((cell) => cell.trim());
      const names = imports === 'nothing' ? [] : imports.split(',').map((name) => name.trim());
      return [room.replaceAll('`', ''), imports === 'everything' ? 'everything' : new Set(names)] as const;
    }),
  );
}

function sourceFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function roomOf(file: string): string {
  const [first = ''] = relative(SRC, file).split('/');
  return first.replace(/\.ts$/, '');
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier = '']) => specifier);
}

const rooms = allowedImports();
const files = sourceFiles(SRC);

test('every room in src/ has a row in the table, and every row a room', () => {
  expect([...new Set(files.map(roomOf))].toSorted()).toEqual([...rooms.keys()].toSorted());
});

test('imports between rooms go the way the table says', () => {
  const wrong = files.flatMap((file) => {
    const allowed = rooms.get(roomOf(file));
    return importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => roomOf(resolve(dirname(file), specifier)))
      .filter(
        (target) =>
          target !== '..' && target !== roomOf(file) && allowed !== 'everything' && allowed?.has(target) !== true,
      )
      .map((target) => `${relative(ROOT, file)} imports ${target}`);
  });
  expect(wrong).toEqual([]);
});

const PURE = [
  'diagnostics',
  'model',
  'certificates',
  'expansion',
  'resolution',
  'validation',
  'ir',
  'simulation',
  'rehearsal',
  'protos',
  'envoy',
  'snapshot',
  'state',
];
/** Node's own modules that do no I/O. */
const PURE_MODULES = ['node:crypto', 'node:net', 'node:util', 'node:buffer'];

test('pure rooms use no I/O, clock or randomness', () => {
  const wrong = files
    .filter((file) => PURE.includes(roomOf(file)) || file === join(SRC, 'compile.ts'))
    .flatMap((file) => {
      const io = importsOf(file).filter(
        (specifier) => specifier.startsWith('node:') && !PURE_MODULES.includes(specifier),
      );
      const text = readFileSync(file, 'utf8');
      const impure = text.match(
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomBytes\(|\bprocess\.env\b|\bsetTimeout\(|\bperformance\.now\(/g,
      );
      return [...io, ...(impure ?? [])].map((what) => `${relative(ROOT, file)}: ${what}`);
    });
  expect(wrong).toEqual([]);
});
