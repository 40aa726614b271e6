import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { GENERATED_FOLDERS, generatedFiles } from '../scripts/docs/generated-files';
import { Metrics } from '../src/admin';
import { recordedRun } from './canary/recorded-run';
import { expectGolden } from './support/golden';

const ROOT = join(__dirname, '..');
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
  ...readdirSync(join(ROOT, 'fixtures/pki'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('fixtures/pki', name)),
].toSorted();

const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
const outsideCode = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
/** As GitHub makes anchors of headings. */
const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );

async function help(command: string): Promise<string> {
  let stdout = '';
  const stream = { write: (text: string) => (stdout += text) };
  const argv = command === '' ? ['--help'] : [command, '--help'];
  await recordedRun(argv, { stdout: stream, stderr: stream, variables: {}, now: () => new Date(0) });
  return stdout;
}

const generated = generatedFiles();

test.each([...generated].map(([path, text]) => [relative(ROOT, path), path, text] as const))(
  '%s is what `npm run docs` writes',
  (_name, path, text) => {
    expectGolden(path, text);
  },
);

test('folders of generated files hold nothing else', () => {
  const found = GENERATED_FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  expect(found.filter((path) => !generated.has(path))).toEqual([]);
});

test.each(PAGES)('%s: every link leads somewhere', (page) => {
  const broken = [...outsideCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && !anchorsOf(read(file)).has(anchor);
    });
  expect(broken).toEqual([]);
});

test.each(PAGES)('%s names only commands, flags and scripts that there are', async (page) => {
  const text = read(page);
  const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
  for (const [, script = ''] of text.matchAll(/npm run (?:--silent |-s )?([\w:]+)/g)) expect(scripts).toContain(script);
  const commands = [
    ...text.matchAll(/(?:^|npx |`)countersign(?:\.cjs)? (?<command>[a-z-]+)(?<rest>(?:\\\n|[^`\n|>&])*)/gm),
  ];
  for (const { groups } of commands) {
    const { command = '', rest = '' } = groups ?? {};
    const explained = await help(command);
    expect(explained).toContain(`Usage: countersign ${command}`);
    for (const [flag] of rest.matchAll(/(?<=\s)--[a-z-]+/g)) expect(explained).toContain(flag);
  }
});

test.each(PAGES)('%s mentions no place on the author’s machine', (page) => {
  expect(read(page)).not.toContain(ROOT);
  expect(read(page)).not.toMatch(/\/(?:home|root|Users)\//);
});

test('docs/operations.md lists every metric, and no other', async () => {
  const metrics = new Metrics('0.0.0');
  metrics.watchXds(() => ({ nodes: [] }));
  metrics.watchState(() => ({ form: 'sealed', failedWrites: 0, restored: { definitions: 0, files: 0 } }));
  const registered = (await metrics.registry.getMetricsAsJSON())
    .map(({ name }) => name)
    .filter((name) => name.startsWith('countersign_'));
  const listed = [...read('docs/operations.md').matchAll(/^\| `(countersign_\w+)` \|/gm)].map(([, name]) => name);
  expect(new Set(listed)).toEqual(new Set(registered));
  expect(listed).toHaveLength(registered.length);
});

test('the changelog has a section for the version of the package', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  expect(read('CHANGELOG.md')).toMatch(
    new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d\\d-\\d\\d$`, 'm'),
  );
});
