import type { IssuedCertificate, LeafRequest } from '../../src/cli/demo/pki';
import { offlineEncoder } from '../../src/cli/offline-encoder';
import { type Compilation, compile } from '../../src/compile';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { text } from '../support/decoded';
import { AT, authority, VALIDITY } from '../support/pki';

const encoder = offlineEncoder();
const day = (count: number) => new Date(AT.getTime() + count * 86_400_000);

const listener = text('Listener', {
  port: 8443,
  protocol: 'HTTPS',
  securityModel: 'SECURE',
  hostBinding: { namespace: { from: 'ALL' } },
});
const host = (hostname: string, name = 'host') => text('Host', { hostname, tlsSecret: { name: 'pair' } }, { name });
const context = text('TLSContext', { hosts: [], secret: 'pair' }, { name: 'context' });
const mapping = text('Mapping', { hostname: '*', prefix: '/', service: 'https://upstream', tls: 'context' });
const asServer = [listener, host('a.test')];
const asClient = [listener, context, mapping];

async function leaf(names: readonly string[], more: Partial<LeafRequest> = {}): Promise<IssuedCertificate> {
  const subjectAltNames = names.map((value) => ({ type: 'dns', value }) as const);
  return await (await authority()).issue({ commonName: 'leaf', subjectAltNames, ...VALIDITY, ...more });
}

function pair({ chainPem, privateKeyPem }: IssuedCertificate): string {
  return text(
    'Secret',
    { type: 'kubernetes.io/tls', stringData: { 'tls.crt': chainPem, 'tls.key': privateKeyPem } },
    { name: 'pair' },
  );
}

/** Compiles states one after another; which Secrets are held back after each. */
function held(states: readonly (readonly string[])[], at: (index: number) => Date = () => AT) {
  let previous: Compilation | undefined;
  return states.map((texts, index) => {
    const documents = texts.flatMap((content, file) => readDocuments(`${file}.yaml`, Buffer.from(content)).documents);
    const policy = { strict: false, forceSecretValidation: false, installNamespace: 'default' };
    previous = compile(documents, { policy, at: at(index), encoder, unread: [] }, previous);
    return previous.diagnostics.filter(({ code }) => code === 'CS6006').map(({ subject }) => subject?.name);
  });
}

describe('a certificate for other names', () => {
  test('is held back for as long as it is in the input', async () => {
    const [good, other] = [pair(await leaf(['a.test'])), pair(await leaf(['b.test']))];
    expect(
      held([
        [...asServer, good],
        [...asServer, other],
        [...asServer, other],
        [...asServer, good],
      ]),
    ).toEqual([[], ['pair'], ['pair'], []]);
  });

  test('passes when the Host has its name', async () => {
    const [good, other] = [pair(await leaf(['a.test'])), pair(await leaf(['b.test']))];
    expect(
      held([
        [...asServer, good],
        [...asServer, other],
        [listener, host('b.test'), other],
      ]),
    ).toEqual([[], ['pair'], []]);
  });

  test('passes with more names, and by a wildcard', async () => {
    const [good, more, wild] = [await leaf(['a.test']), await leaf(['b.test', 'a.test']), await leaf(['*.test'])];
    expect(held([good, more, wild].map((each) => [...asServer, pair(each)]))).toEqual([[], [], []]);
  });

  test('passes where another Host waits for it', async () => {
    const hosts = [listener, host('a.test'), host('b.test', 'other')];
    const [one, other] = [pair(await leaf(['a.test'])), pair(await leaf(['b.test']))];
    expect(
      held([
        [...hosts, one],
        [...hosts, other],
      ]),
    ).toEqual([[], []]);
  });

  test('passes when the one before has expired', async () => {
    const [short, other] = [pair(await leaf(['a.test'], { notAfter: day(1) })), pair(await leaf(['b.test']))];
    expect(
      held(
        [
          [...asServer, short],
          [...asServer, other],
          [...asServer, other],
        ],
        (index) => day(index * 0.9),
      ),
    ).toEqual([[], ['pair'], []]);
  });

  test('is nobody’s concern where the one before had not the name either', async () => {
    const [one, other] = [pair(await leaf(['b.test'])), pair(await leaf(['c.test']))];
    expect(
      held([
        [...asServer, one],
        [...asServer, other],
      ]),
    ).toEqual([[], []]);
  });
});

describe('a certificate for the other direction', () => {
  test.each([
    ['served to clients', asServer, 'client', ['pair']],
    ['served to clients', asServer, 'server', []],
    ['presented to upstreams', asClient, 'server', ['pair']],
    ['presented to upstreams', asClient, 'client', []],
  ] as const)('%s: one for a %s', async (_where, definitions, usage, expected) => {
    const [both, one] = [pair(await leaf(['a.test'])), pair(await leaf(['a.test'], { usages: [usage] }))];
    expect(
      held([
        [...definitions, both],
        [...definitions, one],
      ]),
    ).toEqual([[], expected]);
  });
});
