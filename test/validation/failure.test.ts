import { decode } from '../../src/model/decode';
import type { Decoded } from '../../src/model/definition';
import type { Document } from '../../src/model/document';
import { accept } from '../../src/validation/accept';
import { decoded, text } from '../support/decoded';

const AT = new Date('2026-06-15T12:00:00Z');
const PREFIX = { prefix: '/', service: 's' };
const KEY = { kind: 'Mapping', namespace: 'default', name: 'it' };

/** A Mapping over which something fails, saying more than anybody should hear. */
function failing(what: 'reading' | 'rules'): Decoded {
  const spec = { ...PREFIX };
  const value = { apiVersion: 'getambassador.io/v3alpha1', kind: 'Mapping', metadata: { name: 'it' }, spec };
  const document: Document = { file: 'it.yaml', value, locate: () => ({ file: 'it.yaml', line: 1, column: 1 }) };
  const fail = {
    get: () => {
      throw new TypeError('secret words');
    },
    enumerable: true,
    configurable: true,
  };
  if (what === 'reading') Object.defineProperty(value.spec, 'service', fail);
  const result = decode(document);
  if (what === 'rules') Object.defineProperty(value.spec, 'service', fail);
  return result;
}

describe.each(['reading', 'rules'] as const)('an exception in the %s of one definition', (what) => {
  test('takes that one out of service, and repeats nothing', () => {
    const { diagnostics, definitions, quarantine } = accept(
      [failing(what), ...decoded(text('Host', {}))],
      new Map(),
      AT,
    );
    expect(diagnostics).toMatchObject([
      {
        code: 'CS1037',
        severity: 'error',
        subject: KEY,
        message: 'Countersign failed over this definition (TypeError)',
        location: { file: 'it.yaml', line: 1, column: 1 },
      },
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain('secret words');
    expect(definitions.map(({ kind }) => kind)).toContain('Host');
    expect(quarantine.reason(KEY)?.code).toBe('CS1037');
  });

  test('leaves the last good version in service', () => {
    const before = accept(decoded(text('Mapping', PREFIX)), new Map(), AT);
    const after = accept([failing(what)], before.lastGood, AT);
    expect(after.definitions).toEqual(before.definitions);
    expect(after.diagnostics).toMatchObject([{ code: 'CS1037' }]);
  });
});
