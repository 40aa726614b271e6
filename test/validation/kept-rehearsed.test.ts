import { offlineEncoder } from '../../src/cli/offline-encoder';
import { type Compilation, compile, type RehearsalOutcome } from '../../src/compile';
import type { Document } from '../../src/model/document';
import { plansOf, planKey } from '../../src/rehearsal';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { fixtureSecret, text } from '../support/decoded';

const AT = new Date('2026-06-15T12:00:00Z');
const LATER = new Date('2026-06-15T13:00:00Z');
const encoder = offlineEncoder();
const NOTHING: RehearsalOutcome = { refused: new Map(), waiting: new Map(), findings: [] };

const read = (content: string, file: string) => readDocuments(file, Buffer.from(content)).documents;
const definitions = [
  text('Listener', { port: 8080, protocol: 'HTTP', securityModel: 'XFP', hostBinding: { namespace: { from: 'ALL' } } }),
  text('Host', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } }),
  text('TLSContext', { hosts: [], secret: 'client', ca_secret: 'ca', verify: { hostname: 'a.test' } }, { name: 'to' }),
  text('Mapping', { hostname: '*', prefix: '/', service: 'a.test:443', tls: 'to' }),
  fixtureSecret('ca', 'ca'),
].flatMap((content, index) => read(content, `${index}.yaml`));
const [before, after] = [
  read(fixtureSecret('client-rsa', 'client'), 'c.yaml'),
  read(fixtureSecret('client-of-ca2', 'client'), 'c.yaml'),
];

function compiled(
  client: readonly Document[],
  previous: Compilation | undefined,
  rehearsal: RehearsalOutcome = NOTHING,
  at = AT,
): Compilation {
  const policy = { strict: false, forceSecretValidation: false, installNamespace: 'default' };
  return compile([...definitions, ...client], { policy, at, encoder, unread: [], rehearsal }, previous);
}

const secretOf = ({ definitions: all }: Compilation) => {
  const found = all.find('Secret', 'default', 'client');
  if (found === undefined) throw new Error('there is no client certificate');
  return found;
};
const heldIn = ({ diagnostics }: Compilation) => diagnostics.filter(({ code }) => code === 'CS6012');

test('a version that is refused stays out, and the finding says why and since when', () => {
  const served = compiled(before, undefined);
  const candidate = compiled(after, served);
  expect(secretOf(candidate)).not.toBe(secretOf(served));
  const refused = { ...NOTHING, refused: new Map([[secretOf(candidate), 'a.test refuses us']]) };
  const first = compiled(after, served, refused);
  const second = compiled(after, first, refused, LATER);
  for (const compilation of [first, second]) {
    expect(secretOf(compilation)).toBe(secretOf(served));
    expect(heldIn(compilation)).toEqual([
      expect.objectContaining({
        severity: 'error',
        message: 'Secret default/client is held back: a.test refuses us',
        consequence: expect.stringContaining('2026-06-15 12:00'),
      }),
    ]);
  }
  const third = compiled(after, second);
  expect(secretOf(third)).toBe(secretOf(candidate));
  expect(heldIn(third)).toEqual([]);
});

test('a version that waits stays out too, as information; refused before, as an error still', () => {
  const served = compiled(before, undefined);
  const next = secretOf(compiled(after, served));
  const severities = [undefined, 'refused before'].map((reason) => {
    const compilation = compiled(after, served, { ...NOTHING, waiting: new Map([[next, reason]]) });
    expect(secretOf(compilation)).toBe(secretOf(served));
    return heldIn(compilation).map(({ severity }) => severity);
  });
  expect(severities).toEqual([['info'], ['error']]);
});

test('what was never served in another version is not held back', () => {
  const first = compiled(after, undefined);
  const refused = { ...NOTHING, refused: new Map([[secretOf(first), 'no']]) };
  expect(heldIn(compiled(after, first, refused))).toEqual([]);
  expect(heldIn(compiled(after, undefined, refused))).toEqual([]);
});

test('the key of a plan changes with the certificate, and holds nothing of the private one', () => {
  const keyIn = (compilation: Compilation) =>
    [...compilation.groups.values()].flatMap(({ ir }) => plansOf(ir)).map(planKey);
  const [a, again, b] = [compiled(before, undefined), compiled(before, undefined), compiled(after, undefined)].map(
    keyIn,
  );
  expect(a).toHaveLength(1);
  expect(again).toEqual(a);
  expect(b).not.toEqual(a);
  expect(a?.[0]).toMatch(/^[0-9a-f]{64}$/);
});
