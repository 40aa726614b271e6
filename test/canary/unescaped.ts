const ESCAPE =
  /%([0-9a-f]{2})|\\u00([0-9a-f]{2})|\\x([0-9a-f]{2})|\\([0-3][0-7]{2})|&#x0*([0-9a-f]{1,2});|&#0*([0-9]{1,3});|\\(["'\\/bfnrtv])/gi;
const RADIX = [16, 16, 16, 8, 16, 10];
const NAMED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The text with characters in place of `%2B`, `\u002b`, `\x2b`, `\053`, `&#43;`, `\n` and their like, once. */
export function unescaped(text: string): string {
  return text.replaceAll(ESCAPE, (...groups: readonly unknown[]) => {
    const form = RADIX.findIndex((_radix, index) => groups[index + 1] !== undefined);
    if (form >= 0) return String.fromCharCode(Number.parseInt(String(groups[form + 1]), RADIX[form]));
    const letter = String(groups[RADIX.length + 1]);
    return NAMED[letter] ?? letter;
  });
}
