import { AccessPolicy, readAccessPolicy, readPeerIdentity } from '../../src/authorization';
import type { SubjectAltName } from '../../src/certificates';
import { readDocuments } from '../../src/sources/yaml/read-documents';

const identity = (...subjectAltNames: SubjectAltName[]) => readPeerIdentity({ subjectAltNames, isCa: false });
const uri = (value: string): SubjectAltName => ({ type: 'uri', value });
const dns = (value: string): SubjectAltName => ({ type: 'dns', value });

describe('the identity in a certificate', () => {
  test.each([['spiffe://example.org/edge'], ['spiffe://example.org/ns/a/sa/b'], ['spiffe://a_b-c.1/X.y']])(
    '%s is a SPIFFE ID',
    (id) => {
      expect(identity(uri(id), dns('Edge.Example.org'))).toEqual({ spiffeId: id, dnsNames: ['edge.example.org'] });
    },
  );

  test.each([
    ['SPIFFE://example.org/a'],
    ['spiffe://Example.org/a'],
    ['spiffe://example.org/a/'],
    ['spiffe://example.org//a'],
    ['spiffe://example.org/../a'],
    ['spiffe://example.org/./a'],
    ['spiffe://example.org/a?b'],
    ['spiffe://example.org/a#b'],
    ['spiffe://example.org:443/a'],
    ['spiffe://user@example.org/a'],
    ['spiffe://example.org/%61'],
    ['spiffe:///a'],
    ['spiffe:/example.org/a'],
    [`spiffe://example.org/${'a'.repeat(2048)}`],
  ])('%s is none', (id) => {
    expect(identity(uri(id))).toBe('the SPIFFE ID of the certificate is malformed');
  });

  test('beside another URI it is none, whichever comes first', () => {
    const refusal = 'the certificate has a SPIFFE ID beside another URI';
    expect(identity(uri('spiffe://t/a'), uri('https://t/a'))).toBe(refusal);
    expect(identity(uri('https://t/a'), uri('spiffe://t/a'))).toBe(refusal);
    expect(identity(uri('spiffe://t/a'), uri('spiffe://t/b'))).toBe(refusal);
  });

  test('a CA, and a whole trust domain, is no workload', () => {
    const ca = { subjectAltNames: [uri('spiffe://t/edge')], isCa: true };
    expect(readPeerIdentity(ca)).toBe('the certificate with a SPIFFE ID is one of a CA');
    expect(identity(uri('spiffe://t'))).toBe('the SPIFFE ID of the certificate is that of a whole trust domain');
  });

  test('URIs that are no SPIFFE IDs name nobody', () => {
    expect(identity(uri('https://t/a'), uri('urn:x'))).toEqual({ dnsNames: [] });
  });
});

describe('a policy', () => {
  const policy = new AccessPolicy([
    { identity: 'spiffe://t/edge', nodeIds: ['edge-*'], groups: ['default', 'blue-*'] },
    { identity: 'spiffe://t/sidecar/*', nodeIds: ['{name}', '{name}-*'], groups: ['{name}'] },
    { identity: 'dns:GW.example.org', nodeIds: ['*'], groups: ['*'] },
    { identity: 'spiffe://t/edge', nodeIds: ['special'], groups: ['green'] },
  ]);
  const groups = (who: ReturnType<typeof identity>, nodeId: string, ...asked: string[]) => {
    if (typeof who === 'string') throw new Error(who);
    const granted = policy.groups(who, nodeId);
    return granted && asked.filter((group) => granted.has(group));
  };
  const edge = identity(uri('spiffe://t/edge'));

  test('grants the groups of the rules that fit identity and node id, together', () => {
    expect(groups(edge, 'edge-1', 'default', 'blue-1', 'green', 'x')).toEqual(['default', 'blue-1']);
    expect(groups(edge, 'special', 'default', 'green')).toEqual(['green']);
    expect(groups(edge, 'edge', 'default')).toBeUndefined();
  });

  test('{name} is the last segment, or the DNS name', () => {
    const pay = identity(uri('spiffe://t/sidecar/ns/pay'));
    expect(groups(pay, 'pay-1', 'pay', 'other')).toEqual(['pay']);
    expect(groups(pay, 'payments', 'pay')).toBeUndefined();
  });

  test('a beginning ends at a segment, and what is longer than a whole identity is another', () => {
    expect(groups(identity(uri('spiffe://t/sidecars/pay')), 'pay', 'pay')).toBeUndefined();
    expect(groups(identity(uri('spiffe://t/sidecar')), 'sidecar', 'sidecar')).toBeUndefined();
    expect(groups(identity(uri('spiffe://t/edge/x')), 'edge-1', 'default')).toBeUndefined();
    expect(groups(identity(uri('spiffe://t2/edge')), 'edge-1', 'default')).toBeUndefined();
  });

  test('DNS names are compared whole and without case; a wildcard name is only itself', () => {
    expect(groups(identity(dns('gw.EXAMPLE.org')), 'any', 'all')).toEqual(['all']);
    expect(groups(identity(dns('*.example.org')), 'any', 'all')).toBeUndefined();
    expect(groups(identity(dns('sub.gw.example.org')), 'any', 'all')).toBeUndefined();
  });

  test('a name that ends in * or holds {name} is no pattern', () => {
    const own = new AccessPolicy([{ identity: 'dns:*', nodeIds: ['{name}'], groups: ['{name}'] }]);
    const star = identity(dns('*'));
    if (typeof star === 'string') throw new Error(star);
    expect(own.groups(star, 'anything')).toBeUndefined();
    expect(own.groups(star, '*')?.has('other')).toBe(false);
  });
});

describe('a policy document', () => {
  const read = (text: string) => {
    const [document] = readDocuments('policy.yaml', Buffer.from(text)).documents;
    if (document === undefined) throw new Error('no document');
    return readAccessPolicy(document);
  };
  const findings = (text: string) =>
    read(text).diagnostics.map(({ location, message }) => `${location?.line}:${location?.column} ${message}`);
  const head = 'apiVersion: countersign.dev/v1\nkind: XdsAccessPolicy\n';

  test('is read', () => {
    const { policy } = read(`${head}rules:\n- {identity: spiffe://t/*, node_ids: [a], groups: [g]}\n`);
    expect(policy?.groups({ spiffeId: 'spiffe://t/x', dnsNames: [] }, 'a')?.has('g')).toBe(true);
  });

  test.each([
    [
      'an unknown field',
      `${head}rules:\n- {identity: dns:a, node_ids: [a], groups: [g], group: x}\n`,
      /^4:\d+ rules\[0\] has no field "group"/,
    ],
    ['a missing field', `${head}rules:\n- {identity: dns:a, node_ids: [a]}\n`, /^4:\d+ rules\[0\] lacks `groups`/],
    ['no rules', `${head}rules: []\n`, /^3:\d+ rules is empty/],
    [
      'another kind',
      'apiVersion: countersign.dev/v1\nkind: Mapping\nrules: []\n',
      /^2:\d+ kind must be "XdsAccessPolicy"/,
    ],
    [
      'an identity of no kind',
      `${head}rules:\n- {identity: edge, node_ids: [a], groups: [g]}\n`,
      /^4:\d+ rules\[0\].identity is neither/,
    ],
    [
      'a star in the middle',
      `${head}rules:\n- {identity: dns:a, node_ids: ["a*b"], groups: [g]}\n`,
      /^4:\d+ "a\*b" has a `\*`/,
    ],
    ['no mapping', '- a\n', /must be object/],
  ])('with %s it is no policy, and the place is told', (_what, text, expected) => {
    expect(read(text).policy).toBeUndefined();
    expect(findings(text)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });
});
