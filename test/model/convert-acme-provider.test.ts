import { ambassador, decodeOne, definitionOf, findings } from './support/decode-text';

describe('acmeProvider', () => {
  test.each(['v3alpha1', 'v2'])('that asks for nothing is nothing (%s)', (version) => {
    for (const authority of ['none', 'None']) {
      const spec = `  {hostname: a, acmeProvider: {authority: ${authority}, email: a@b}}\n`;
      expect(definitionOf(ambassador('Host', spec, version)).spec).toEqual({ hostname: 'a' });
    }
  });

  test.each(['{email: a@b}', '{authority: "https://acme.test"}', '{}', '7'])('%s is not supported', (provider) => {
    expect(findings(decodeOne(ambassador('Host', `  acmeProvider: ${provider}\n`)))).toEqual([
      expect.stringMatching(/^5:3 warning CS1021 /),
    ]);
  });
});
