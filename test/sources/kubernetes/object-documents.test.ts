import { decode } from '../../../src/model/decode';
import { objectDocuments } from '../../../src/sources/kubernetes/object-documents';

const MAPPING = { kind: 'Mapping', apiVersion: 'getambassador.io/v3alpha1' };

function mapping(fields: object) {
  const spec = { ambassador_id: 'edge', host: 'a.test', prefix: '/', service: 'a' };
  return objectDocuments({ metadata: { name: 'a', namespace: 'ns' }, spec, ...fields }, MAPPING, undefined).object;
}

test('what is stored as v2 is read as v2', () => {
  const { definition, diagnostics } = decode(mapping({ storedAs: 'v2' }));
  expect(diagnostics).toEqual([]);
  expect(definition?.spec).toMatchObject({ ambassador_id: ['edge'], hostname: 'a.test' });
});

test.each([undefined, '', 'v3alpha1', 7])(
  'storedAs: %j is nothing to go by, nor a field of the definition',
  (storedAs) => {
    const document = mapping({ storedAs });
    expect(document.value).toMatchObject({ apiVersion: 'getambassador.io/v3alpha1' });
    expect(document.value).not.toHaveProperty('storedAs');
  },
);
