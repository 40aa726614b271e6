import { countersign, definition, folder } from './support/command';

const HOST = definition('Host', 'a', { hostname: 'a.test', requestPolicy: { insecure: { action: 'Route' } } });
const PLAIN = definition('Mapping', 'plain', { hostname: 'a.test', prefix: '/', service: 'plain' });
const BETTER = definition('TCPMapping', 'better', { port: 7000, service: 'tcp', weight: 10 });
const BROKEN = definition('Mapping', 'broken', { hostname: 'a.test', prefix: '/x/', service: 'x', tls: 'nowhere' });

interface Report {
  readonly schemaVersion: number;
  readonly definitions: readonly {
    readonly kind: string;
    readonly name: string;
    readonly verdict: string;
    readonly at: string;
    readonly differences: readonly { readonly field: string; readonly better: boolean; readonly note: string }[];
    readonly findings: readonly { readonly code: string; readonly at: string; readonly fix: string }[];
  }[];
  readonly others: readonly object[];
}

async function report(text: string): Promise<{ readonly code: number; readonly report: Report }> {
  const path = folder({ 'a.yaml': text });
  const { code, stdout } = await countersign(['migrate', 'emissary', '--format', 'json', path]);
  return { code, report: JSON.parse(stdout) as Report };
}

test('what is the same, better, different, or needs a change', async () => {
  const { code, report: found } = await report(`${HOST}${PLAIN}${BETTER}${BROKEN}`);
  expect(code).toBe(1);
  expect(found.definitions.map(({ kind, name, verdict }) => `${kind} ${name} ${verdict}`)).toEqual([
    'Host a differs',
    'Mapping plain same',
    'TCPMapping better better',
    'Mapping broken change',
  ]);
  const broken = found.definitions[3];
  expect(broken?.findings).toMatchObject([
    { code: 'CS3001', at: expect.stringMatching(/a\.yaml:\d+:\d+$/), fix: expect.any(String) },
  ]);
  expect(found.definitions[2]?.differences).toContainEqual(expect.objectContaining({ field: 'weight', better: true }));
});

test('only what is in the definition is compared', async () => {
  const { report: found } = await report(`${HOST}${PLAIN}`);
  expect(found.definitions[1]?.differences).toEqual([]);
  expect(found.definitions[0]?.differences.map(({ field }) => field)).not.toContain('tls.ca_secret');
});

test('nothing needs a change: exit code 0, and the counts', async () => {
  const { code, stdout } = await countersign(['migrate', 'emissary', folder({ 'a.yaml': `${HOST}${PLAIN}` })]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /2 definitions: 0 need a change, 1 differ, 0 are better, 1 are the same\nnothing was written\n$/,
  );
});

test('a kind of Edge Stack, and a file that cannot be read, need a change', async () => {
  const filter = '---\n{"apiVersion":"getambassador.io/v3alpha1","kind":"Filter","metadata":{"name":"f"},"spec":{}}\n';
  const path = folder({ 'a.yaml': `${PLAIN}${filter}`, 'b.yaml': 'a: [' });
  const { code, stdout } = await countersign(['migrate', 'emissary', path]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/Filter default\/f needs a change/);
  expect(stdout).toMatch(/\nwhat none of these definitions says.*:\n +\S+b\.yaml:1:\d+ error CS10\d\d/);
  expect(stdout).toMatch(/; and 1 error besides\nnothing was written\n$/);
});

test('definitions in annotations, and of v2, are compared too', async () => {
  const annotation = 'apiVersion: getambassador.io/v2\nkind: Mapping\nname: old\nprefix: /old/\nservice: old\n';
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', annotations: { 'getambassador.io/config': annotation } },
    spec: {},
  };
  const { report: found } = await report(`${HOST}---\n${JSON.stringify(service)}\n`);
  expect(found.definitions.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['Host a', 'Mapping old']);
});

test('nothing named is wrong usage', async () => expect((await countersign(['migrate', 'emissary'])).code).toBe(3));
