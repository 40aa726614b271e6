import { type Compilation, compile } from '../../src/compile';
import { offlineEncoder } from '../../src/cli/offline-encoder';
import { DEFAULT_POLICY, type Policy } from '../../src/resolution/policy';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { fixtureSecret, text } from '../support/decoded';

const NOON = new Date('2026-06-15T12:00:00Z');
const LATER = new Date('2026-06-15T13:00:00Z');
const encoder = offlineEncoder();

const pair = fixtureSecret('client-ec', 'pair');
const bad = fixtureSecret('cs2004-mismatch', 'pair');
const context = text('TLSContext', { hosts: [], secret: 'pair' }, { name: 'context' });
const mapping = text('Mapping', { hostname: '*', prefix: '/', service: 'https://upstream', tls: 'context' });
const listener = text('Listener', {
  port: 8443,
  protocol: 'HTTPS',
  securityModel: 'XFP',
  hostBinding: { namespace: { from: 'ALL' } },
});
const host = text('Host', { hostname: 'edge.example.com', tlsSecret: { name: 'pair' } }, { name: 'edge' });

function compiled(
  texts: readonly string[],
  previous?: Compilation,
  at = NOON,
  policy: Policy = DEFAULT_POLICY,
): Compilation {
  const documents = texts.flatMap(
    (content, index) => readDocuments(`${index + 1}.yaml`, Buffer.from(content)).documents,
  );
  return compile(documents, { policy, at, encoder, unread: [] }, previous);
}

const errors = ({ diagnostics }: Compilation) =>
  diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
const secrets = ({ groups }: Compilation) => groups.get('default')?.ir.secrets.map(({ name }) => name) ?? [];

test.each([
  ['a TLSContext', [context, mapping]],
  ['a Host', [host, listener]],
])('a Secret that %s still names is kept, byte for byte, with an alarm', (_what, users) => {
  const before = compiled([...users, pair]);
  const after = compiled(users, before);
  expect(errors(before)).toEqual([]);
  expect(errors(after)).toEqual(['CS6004']);
  expect(after.groups.get('default')?.snapshot).toBe(before.groups.get('default')?.snapshot);
  expect(secrets(after)).toContain('default/pair');
});

test('the alarm says who names it, where, and since when', () => {
  const gone = compiled([context, mapping], compiled([context, mapping, pair]));
  const [alarm] = compiled([context, mapping], gone, LATER).diagnostics.filter(({ code }) => code === 'CS6004');
  expect(alarm).toMatchObject({
    message: 'Secret default/pair is gone, but TLSContext default/context still names it',
    location: { file: '1.yaml' },
    consequence: 'the last good version keeps serving (since 2026-06-15 12:00:00Z)',
  });
});

test('it goes when what names it goes, and does not come back', () => {
  const gone = compiled([context, mapping], compiled([context, mapping, pair]));
  const unused = compiled([listener], gone);
  expect([errors(unused), secrets(unused)]).toEqual([[], []]);
  expect(errors(compiled([context, mapping], unused))).toContain('CS3004');
});

test('one that comes back bad is held against the one that was kept', () => {
  const gone = compiled([context, mapping], compiled([context, mapping, pair]));
  const back = compiled([context, mapping, bad], gone);
  expect(errors(back)).toEqual(['CS2004']);
  expect(secrets(back)).toEqual(['default/pair', 'default/pair/ca'].filter((name) => secrets(gone).includes(name)));
  expect(errors(compiled([context, mapping, pair], back))).toEqual([]);
});

test('what was never there is not found', () => {
  expect(errors(compiled([context, mapping], compiled([context, mapping])))).toContain('CS3004');
});

test('what the operator excludes is not kept', () => {
  const before = compiled([context, mapping, pair]);
  const elsewhere: Policy = { ...DEFAULT_POLICY, selection: { secretNamespace: 'other' } };
  expect(errors(compiled([context, mapping, pair], before, NOON, elsewhere))).toContain('CS3004');
});
