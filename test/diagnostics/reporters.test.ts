import { CATALOGUE } from '../../src/diagnostics/catalogue';
import { consulCodes } from '../../src/diagnostics/catalogue/consul';
import { certificateCodes } from '../../src/diagnostics/catalogue/certificates';
import { documentCodes } from '../../src/diagnostics/catalogue/documents';
import { istioCodes } from '../../src/diagnostics/catalogue/istio';
import { mappingCodes } from '../../src/diagnostics/catalogue/mapping';
import { referenceCodes } from '../../src/diagnostics/catalogue/references';
import { routingCodes } from '../../src/diagnostics/catalogue/routing';
import { servingCodes } from '../../src/diagnostics/catalogue/serving';
import { tlsCodes } from '../../src/diagnostics/catalogue/tls';
import { workloadIdentityCodes } from '../../src/diagnostics/catalogue/workload-identity';
import { type Diagnostic, diagnostic } from '../../src/diagnostics/diagnostic';
import { FORMATS, report } from '../../src/diagnostics/reporters/formats';
import { type Element, parseXml } from './xml';

const HOSTILE = 'a "quoted" <tag> & 100%\r\nnext: ]]> \u0007\uffff';

const mismatch = diagnostic('CS2004', {
  message: 'private key does not match',
  location: { file: 'b.yaml', line: 2, column: 3, endColumn: 7, excerpt: '  key: value' },
  subject: { kind: 'Secret', namespace: 'default', name: 'edge' },
  usedBy: ['Mapping a', 'Mapping b', 'Mapping c', 'Mapping d', 'Mapping e', 'Mapping f'],
});
const hostile = diagnostic('CS4002', {
  message: HOSTILE,
  fix: HOSTILE,
  location: { file: 'a,b: 50%/#c d.yaml', line: 1, column: 1 },
  related: [{ message: 'the other one', location: { file: 'b.yaml', line: 9, column: 1, excerpt: 'never in JSON' } }],
});
const ignored = diagnostic('CS1014', { message: 'ignored', location: { file: 'b.yaml', line: 1, column: 1 } });
const nowhere = diagnostic('CS1001', { message: 'nowhere in particular' });
const all: readonly Diagnostic[] = [nowhere, mismatch, ignored, hostile];

function reported(format: (typeof FORMATS)[number], diagnostics: readonly Diagnostic[] = all, colour = false): string {
  return report(format, { diagnostics, files: 2, definitions: 3 }, { colour, version: '1.2.3' });
}

test.each(FORMATS)(
  '%s shows every finding in reading order: by file, line and column, without a place last',
  (format) => {
    const codes = [...new Set(reported(format).match(/CS\d{4}(?=::| |",\n +"(?:severity|level))/g))];
    expect(codes).toEqual(['CS4002', 'CS1014', 'CS2004', 'CS1001']);
  },
);

test.each(FORMATS)('%s ends with a line break, and has no control characters of users', (format) => {
  const text = reported(format);
  expect(text.endsWith('\n')).toBe(true);
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
});

describe('text', () => {
  test('marks the place, and shortens the list of users', () => {
    expect(reported('text', [mismatch])).toBe(
      [
        'b.yaml:2:3 error CS2004 private key does not match',
        '   2 |   key: value',
        '         ^^^^',
        '  used by Mapping a, Mapping b, Mapping c, Mapping d, Mapping e and 1 more',
        '  fix: take `tls.crt` and `tls.key` from the same issuance',
        '1 error, 0 warnings in 3 definitions, 2 files',
        '',
      ].join('\n'),
    );
  });

  test('says what holds until it is mended', () => {
    const closing = { ...mismatch, consequence: 'nobody\ngets in' };
    expect(reported('text', [closing])).toContain('same issuance\n  until then: nobody gets in\n');
    for (const format of ['sarif', 'github', 'junit'] as const)
      expect(reported(format, [closing])).toContain('private key does not match; until it is mended, nobody');
    expect(JSON.parse(reported('json', [closing]))).toMatchObject({
      diagnostics: [{ consequence: 'nobody\ngets in' }],
    });
  });

  test('a caret never runs past the line', () => {
    const long = diagnostic('CS1020', {
      message: 'x',
      location: { file: 'f', line: 1, column: 5, endColumn: 500, excerpt: 'abcdef' },
    });
    expect(reported('text', [long])).toContain('\n           ^^\n');
  });

  test('puts users’ text on one line and makes its control characters visible', () => {
    const attack = diagnostic('CS1020', { message: 'a\u001b[2Jb\nc' });
    expect(reported('text', [attack]).split('\n')[0]).toBe('error CS1020 a\ufffd[2Jb c');
  });

  test('colours only what it is asked to', () => {
    expect(reported('text', [mismatch], true)).toContain('\u001b[31merror\u001b[0m');
    for (const format of FORMATS) expect(reported(format, [mismatch], format !== 'text')).not.toContain('\u001b');
  });
});

test('json has a schema version, the counts, and all but the source lines', () => {
  const document = JSON.parse(reported('json')) as Record<string, unknown>;
  expect(document).toMatchObject({ schemaVersion: 1, errors: 2, warnings: 1, files: 2, definitions: 3 });
  expect(document['diagnostics']).toContainEqual({
    code: 'CS2004',
    severity: 'error',
    message: mismatch.message,
    fix: mismatch.fix,
    location: { file: 'b.yaml', line: 2, column: 3, endColumn: 7 },
    subject: mismatch.subject,
    usedBy: mismatch.usedBy,
  });
  expect(JSON.stringify(document)).not.toMatch(/excerpt|never in JSON/);
});

describe('sarif', () => {
  interface Sarif {
    readonly version: string;
    readonly runs: readonly {
      readonly tool: {
        readonly driver: {
          readonly name: string;
          readonly version: string;
          readonly rules: readonly { readonly id: string }[];
        };
      };
      readonly results: readonly {
        readonly ruleId: string;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations?: readonly {
          readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object };
        }[];
        readonly relatedLocations?: readonly object[];
      }[];
    }[];
  }
  const read = (diagnostics: readonly Diagnostic[] = all) => JSON.parse(reported('sarif', diagnostics)) as Sarif;

  test('has the properties that SARIF 2.1.0 requires, and a rule for each result', () => {
    const { version, runs } = read();
    expect(version).toBe('2.1.0');
    expect(runs).toHaveLength(1);
    const [run] = runs;
    expect(run?.tool.driver).toMatchObject({ name: 'countersign', version: '1.2.3' });
    const rules = run?.tool.driver.rules.map(({ id }) => id);
    expect(rules).toEqual(['CS1001', 'CS1014', 'CS2004', 'CS4002']);
    for (const result of run?.results ?? []) {
      expect(rules).toContain(result.ruleId);
      expect(['error', 'warning', 'note']).toContain(result.level);
      expect(result.message.text).not.toBe('');
    }
  });

  test('places are URI references with lines and columns from 1', () => {
    const [result] = read([hostile]).runs[0]?.results ?? [];
    expect(result?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'a%2Cb%3A%2050%25/%23c%20d.yaml' },
          region: { startLine: 1, startColumn: 1 },
        },
      },
    ]);
    expect(result?.relatedLocations).toHaveLength(1);
    const absolute = diagnostic('CS1001', { message: 'x', location: { file: '/etc/a b.yaml', line: 1, column: 1 } });
    expect(reported('sarif', [absolute])).toContain('"uri": "file:///etc/a%20b.yaml"');
  });

  test('without findings it is a run with no results, which clears the old ones', () => {
    expect(read([]).runs[0]?.results).toEqual([]);
  });
});

describe('github', () => {
  test('is one workflow command a finding, with everything escaped that would end it', () => {
    const lines = reported('github').trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe(
      '::warning file=a%2Cb%3A 50%25/#c d.yaml,line=1,col=1,title=CS4002::' +
        'a "quoted" <tag> & 100%25%0D%0Anext: ]]> \ufffd\uffff%0Afix: a "quoted" <tag> & 100%25%0D%0Anext: ]]> \ufffd\uffff',
    );
    expect(lines[1]).toMatch(/^::notice file=b\.yaml,line=1,col=1,title=CS1014::/);
    expect(lines[2]).toMatch(/^::error file=b\.yaml,line=2,col=3,title=CS2004::/);
    expect(lines[3]).toMatch(/^::error title=CS1001::nowhere in particular%0Afix: /);
  });

  test('is empty without findings', () => {
    expect(reported('github', [])).toBe('');
  });
});

describe('junit', () => {
  const suiteOf = (xml: string): Element => {
    const root = parseXml(xml);
    expect(root.name).toBe('testsuites');
    return root.children[0] ?? root;
  };

  test('is well-formed, and an error fails its test case while a warning passes', () => {
    const suite = suiteOf(reported('junit'));
    expect(suite.attributes).toMatchObject({ tests: '4', failures: '2' });
    const outcome = suite.children.map(({ attributes, children }) => [attributes['classname'], children[0]?.name]);
    expect(outcome).toEqual([
      ['countersign.CS4002', 'system-out'],
      ['countersign.CS1014', 'system-out'],
      ['countersign.CS2004', 'failure'],
      ['countersign.CS1001', 'failure'],
    ]);
    expect(suite.children[0]?.children[0]?.text).toContain('a "quoted" <tag> & 100%');
  });

  test('without findings it is one passing test, since a suite without any fails in some CI systems', () => {
    const suite = suiteOf(reported('junit', []));
    expect(suite.attributes).toMatchObject({ tests: '1', failures: '0' });
    expect(suite.children).toHaveLength(1);
    expect(suite.children[0]?.children).toEqual([]);
  });
});

describe('the catalogue', () => {
  const entries = Object.entries(CATALOGUE);

  test('each family has its own thousand, so that none hides the code of another', () => {
    const families = [
      documentCodes,
      certificateCodes,
      referenceCodes,
      tlsCodes,
      { ...routingCodes, ...mappingCodes },
      servingCodes,
      { ...consulCodes, ...istioCodes, ...workloadIdentityCodes },
    ];
    families.forEach((family, index) => {
      for (const code of Object.keys(family)) expect(code).toMatch(new RegExp(`^CS${index + 1}0\\d\\d$`));
    });
    expect(entries).toHaveLength(families.flatMap((family) => Object.keys(family)).length);
    expect(Object.keys(routingCodes).filter((code) => code in mappingCodes)).toEqual([]);
  });

  test('titles are short, unique and no sentences; explanations are sentences; fixes say what to do', () => {
    const titles = entries.map(([, { title }]) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const [, { title, explanation, fix }] of entries) {
      expect(title).toMatch(/^[^.]{4,60}$/);
      expect(explanation).toMatch(/^[A-Z`].*\.$/s);
      expect(fix).toMatch(/^[a-z`].*[^.]$/);
    }
  });
});
