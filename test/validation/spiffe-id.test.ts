import { isSpiffeId, isTrustDomain } from '../../src/validation/definition/spiffe-id';

// SPIFFE-ID §2: what Go's and Rust's libraries of SPIFFE take and refuse.

test.each(['example.org', 'cluster.local', 'a', 'a_b-c.1', 'x'.repeat(255)])('%s is a trust domain', (text) => {
  expect(isTrustDomain(text)).toBe(true);
});

test.each(['', 'Example.org', 'spiffe://example.org', 'example.org/', 'example.org:80', 'é', 'a b', 'x'.repeat(256)])(
  '"%s" is no trust domain',
  (text) => {
    expect(isTrustDomain(text)).toBe(false);
  },
);

test.each([
  'spiffe://example.org/backend',
  'spiffe://cluster.local/ns/default/sa/quote',
  'spiffe://example.org/A/b.c/d_e-f',
  'spiffe://example.org/...',
])('%s is a SPIFFE ID', (text) => {
  expect(isSpiffeId(text)).toBe(true);
});

test.each([
  '',
  'example.org/backend',
  'https://example.org/backend',
  'SPIFFE://example.org/backend',
  'spiffe://example.org',
  'spiffe://example.org/',
  'spiffe://example.org/a/',
  'spiffe://example.org//a',
  'spiffe://example.org/a/../b',
  'spiffe://example.org/./b',
  'spiffe://example.org/a?b',
  'spiffe://example.org/a#b',
  'spiffe://example.org/a%20b',
  'spiffe://example.org:8443/a',
  'spiffe://user@example.org/a',
  'spiffe:///a',
  `spiffe://example.org/${'a'.repeat(2048)}`,
])('"%s" is no SPIFFE ID', (text) => {
  expect(isSpiffeId(text)).toBe(false);
});

test('megabytes are judged without a deep stack', () => {
  expect(isSpiffeId(`spiffe://example.org/${'a/'.repeat(2_000_000)}`)).toBe(false);
});
