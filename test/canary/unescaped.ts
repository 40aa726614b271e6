/** `%2B`, `\u002b`, `\x2b`, `\053` and `&#43;`, twice if need be, and the slash that JSON may escape. */
const ESCAPE =
  /%([0-9a-f]{2})|\\+u00([0-9a-f]{2})|\\+x([0-9a-f]{2})|\\+([0-3][0-7]{2})|&#x0*([0-9a-f]{1,2});|&#0*([0-9]{1,3});|\\+\//gi;
const RADIX = [16, 16, 16, 8, 16, 10];

/** The text with the characters in place of their escapes in URLs, JSON, JavaScript, the text form of protobuf, and HTML. */
export function unescaped(text: string): string {
  return text.replaceAll(ESCAPE, (...groups: readonly unknown[]) => {
    const form = RADIX.findIndex((_radix, index) => groups[index + 1] !== undefined);
    return form < 0 ? '/' : String.fromCharCode(Number.parseInt(String(groups[form + 1]), RADIX[form]));
  });
}
