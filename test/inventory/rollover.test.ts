import { edgesOf, type Item, planRollover, type RolloverPlan, type Use } from '../../src/inventory';
import { readSecret } from './support/read-secret';

const use = (role: Use['role'], direction: Use['direction'], name: string): Use => ({
  role,
  direction,
  resource: name,
  origins: [
    {
      kind: direction === 'upstream' ? 'Mapping' : 'Host',
      namespace: 'default',
      name,
      location: { file: 'a.yaml', line: 1, column: 1 },
    },
  ],
});
const ca = (name: string, ...uses: Use[]): Item => ({ ...readSecret(name, 'ca'), name: `default/${name}`, uses });
const pair = (name: string, ...uses: Use[]): Item => ({ ...readSecret(name, 'certificate'), uses });
const bundle = (name: string) => readSecret(name, 'ca').bundle;

const checksClients = use('verifies', 'downstream', 'edge');
const showsClient = use('presents', 'upstream', 'pay');

function outline({ steps }: RolloverPlan): string {
  return steps
    .map(
      ({ name, changes, breaksNow }) =>
        `${name} ${changes.filter(({ done }) => done).length}/${changes.length} breaks ${breaksNow.length}`,
    )
    .join(', ');
}

test('an edge joins what one side presents to the bundle of the other side that accepts it', () => {
  const items = [
    ca('ca', checksClients),
    ca('ca2', checksClients),
    pair('client-rsa', showsClient),
    pair('client-of-ca2'),
  ];
  expect(edgesOf(items).map(({ certificate, bundle: { name } }) => [certificate.name, name])).toEqual([
    ['default/client-rsa', 'default/ca'],
  ]);
});

test('and not where a name is asked for that the certificate has not', () => {
  const asks = (value: string): Use => ({ ...checksClients, names: [{ type: 'dns', match: 'exact', value }] });
  const edges = (...uses: Use[]) => edgesOf([ca('ca', ...uses), pair('client-rsa', showsClient)]).length;
  const [name] = readSecret('client-rsa', 'certificate').keyPair.certificates[0]?.subjectAltNames ?? [];
  expect(name?.type).toBe('dns');
  expect(edges(asks(name?.value ?? ''))).toBe(1);
  expect(edges(asks('billing.acme.test'))).toBe(0);
  expect(edges(asks('billing.acme.test'), checksClients)).toBe(1);
});

test.each<[string, () => Item[], string]>([
  [
    'nothing is done',
    () => [ca('ca', checksClients), pair('client-rsa', showsClient)],
    'add 0/1 breaks 0, reissue 0/1 breaks 1, remove 0/1 breaks 1',
  ],
  [
    'the new CA is added',
    () => [ca('ca-bundle', checksClients), pair('client-rsa', showsClient)],
    'add 1/1 breaks 0, reissue 0/1 breaks 0, remove 0/1 breaks 1',
  ],
  [
    'the leaf is reissued',
    () => [ca('ca-bundle', checksClients), pair('client-of-ca2', showsClient)],
    'add 1/1 breaks 0, reissue 1/1 breaks 0, remove 0/1 breaks 0',
  ],
  [
    'the old CA is removed',
    () => [ca('ca2', checksClients), pair('client-of-ca2', showsClient)],
    'add 1/1 breaks 0, reissue 1/1 breaks 0, remove 1/1 breaks 0',
  ],
])('when %s', (_when, items, expected) =>
  expect(outline(planRollover(items(), bundle('ca'), bundle('ca2')))).toBe(expected),
);

test('says which bundles verify peers, and which certificates are shown to peers, that are not configured here', () => {
  const items = [ca('ca', use('verifies', 'upstream', 'pay')), pair('client-rsa', showsClient)];
  const plan = planRollover(items, bundle('ca'), bundle('ca2'));
  expect([plan.outside.map(({ name }) => name), plan.shownOutside.map(({ name }) => name)]).toEqual([
    ['default/ca'],
    ['default/client-rsa'],
  ]);
});

test('a CA that both bundles hold is neither retired nor added', () => {
  const plan = planRollover([], bundle('ca-bundle'), bundle('ca'));
  expect([plan.from.map(({ subject }) => subject), plan.to]).toEqual([['CN=Other Fixture CA'], []]);
});
