import { offlineEncoder } from '../../src/cli/offline-encoder';
import { type Compilation, compile } from '../../src/compile';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { fixtureSecret, text } from '../support/decoded';

const AT = new Date('2026-06-15T12:00:00Z');
const encoder = offlineEncoder();

// A Host verifies clients against `ca`; a TLSContext presents `client` to an upstream: in one configuration, either may meet the other.
const definitions = [
  text('Listener', {
    port: 8443,
    protocol: 'HTTPS',
    securityModel: 'SECURE',
    hostBinding: { namespace: { from: 'ALL' } },
  }),
  text(
    'Host',
    { hostname: 'example.com', tlsSecret: { name: 'server' }, tls: { ca_secret: 'ca', cert_required: true } },
    { name: 'sidecar' },
  ),
  text(
    'TLSContext',
    { hosts: [], secret: 'client', ca_secret: 'everyone', verify: { hostname: 'example.com' } },
    { name: 'context' },
  ),
  text('Mapping', { hostname: 'example.com', prefix: '/', service: 'upstream', tls: 'context' }),
  fixtureSecret('server-rsa', 'server'),
  fixtureSecret('ca-bundle', 'everyone'),
];
const [oldCa, newCa, both] = [fixtureSecret('ca', 'ca'), fixtureSecret('ca2', 'ca'), fixtureSecret('ca-bundle', 'ca')];
const [oldLeaf, newLeaf] = [fixtureSecret('client-rsa', 'client'), fixtureSecret('client-of-ca2', 'client')];

/** Compiles states, one after another; gives the Secrets that are held back after each. */
function held(strict: boolean, ...states: readonly (readonly string[])[]) {
  return heldOf(definitions, strict, ...states);
}

function heldOf(
  definitions: readonly string[],
  strict: boolean,
  ...states: readonly (readonly string[])[]
): readonly (readonly (string | undefined)[])[] {
  let previous: Compilation | undefined;
  return states.map((secrets) => {
    const documents = [...definitions, ...secrets].flatMap(
      (content, index) => readDocuments(`${index + 1}.yaml`, Buffer.from(content)).documents,
    );
    const policy = { strict, forceSecretValidation: strict, installNamespace: 'default' };
    previous = compile(documents, { policy, at: AT, encoder, unread: [] }, previous);
    return previous.diagnostics.filter(({ code }) => code === 'CS6005').map(({ subject }) => subject?.name);
  });
}

test('add, reissue, remove: nothing is held back', () =>
  expect(held(true, [oldCa, oldLeaf], [both, oldLeaf], [both, newLeaf], [newCa, newLeaf])).toEqual([[], [], [], []]));

test('the bundle first, without the old CA: it is held back until it has both', () =>
  expect(held(true, [oldCa, oldLeaf], [newCa, oldLeaf], [newCa, oldLeaf], [both, oldLeaf])).toEqual([
    [],
    ['ca'],
    ['ca'],
    [],
  ]));

test('the certificate first: it is held back until its CA is trusted', () =>
  expect(held(true, [oldCa, oldLeaf], [oldCa, newLeaf], [both, newLeaf])).toEqual([[], ['client'], []]));

test('both at once: both are held back', () =>
  expect(held(true, [oldCa, oldLeaf], [newCa, newLeaf], [both, newLeaf], [newCa, newLeaf])).toEqual([
    [],
    ['ca', 'client'],
    [],
    [],
  ]));

test('adding and reissuing at once is an overlap', () =>
  expect(held(true, [oldCa, oldLeaf], [both, newLeaf])).toEqual([[], []]));

test('it goes where it came from: nothing is held back any more', () =>
  expect(held(true, [oldCa, oldLeaf], [newCa, oldLeaf], [oldCa, oldLeaf])).toEqual([[], ['ca'], []]));

test('a trust that never was is nothing to keep', () =>
  expect(held(true, [newCa, oldLeaf], [oldCa, newLeaf])).toEqual([[], []]));

test('without strictness nothing is held back', () =>
  expect(held(false, [oldCa, oldLeaf], [newCa, oldLeaf])).toEqual([[], []]));

describe('of a list of Secrets', () => {
  const listing = [...definitions];
  listing[1] = text(
    'Host',
    { hostname: 'example.com', tlsSecret: { name: 'server' }, tls: { ca_secret: ['ca', 'next'], cert_required: true } },
    { name: 'sidecar' },
  );
  const [inNext, newInNext] = [fixtureSecret('ca', 'next'), fixtureSecret('ca2', 'next')];

  test('a CA may go from one that the other has', () =>
    expect(heldOf(listing, true, [oldCa, inNext, oldLeaf], [newCa, inNext, oldLeaf])).toEqual([[], []]));

  test('the last that has the CA keeps it', () =>
    expect(heldOf(listing, true, [oldCa, newInNext, oldLeaf], [newCa, newInNext, oldLeaf])).toEqual([[], ['ca']]));

  test('a certificate of a CA that none of them has is held back', () =>
    expect(heldOf(listing, true, [oldCa, inNext, oldLeaf], [oldCa, inNext, newLeaf])).toEqual([[], ['client']]));

  test('a certificate of the CA of either is taken', () =>
    expect(heldOf(listing, true, [oldCa, newInNext, oldLeaf], [oldCa, newInNext, newLeaf])).toEqual([[], []]));
});

test.each([
  ['is of a name that our server has: it is held back', 'example.com', ['everyone']],
  ['is of another name, which our server can’t be: it passes', 'billing.acme.test', []],
])('the CA of an upstream changes, which %s', (_what, hostname, expected) => {
  const context = text(
    'TLSContext',
    { hosts: [], secret: 'client', ca_secret: 'everyone', verify: { hostname } },
    { name: 'context' },
  );
  const others = [...definitions.slice(0, 2), context, ...definitions.slice(3, 5)];
  const states = ['ca', 'ca2'].map((ca) => [fixtureSecret(ca, 'everyone'), oldCa, oldLeaf]);
  expect(heldOf(others, true, ...states)).toEqual([[], expected]);
});
