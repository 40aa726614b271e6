const repeat = (text: string, count: number) => text.repeat(count);

function doubling(levels: number): string {
  const lines = ['a0: &a0 [x, x]'];
  for (let level = 1; level <= levels; level++) lines.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`);
  return `${lines.join('\n')}\n`;
}

function deepening(levels: number): string {
  const lines = ['a0: &a0 [[[[[[x]]]]]]'];
  for (let level = 1; level <= levels; level++) lines.push(`a${level}: &a${level} [[[[[[*a${level - 1}]]]]]]`);
  return `${lines.join('\n')}\n`;
}

/** Texts made to exhaust a parser, each with the code of the diagnostic that it must end in. */
export const HOSTILE: Readonly<Record<string, readonly [code: string, text: string]>> = {
  'nested brackets': ['CS1005', repeat('[', 1_000)],
  'a million nested brackets': ['CS1005', repeat('[', 1_000_000)],
  'nested braces': ['CS1005', repeat('{a: ', 10_000)],
  'nested JSON': ['CS1005', `${repeat('{"a":[', 5_000)}1${repeat(']}', 5_000)}`],
  'nested block lists': ['CS1005', repeat('- ', 100_000)],
  'nested block mappings': [
    'CS1005',
    Array.from({ length: 2_000 }, (_, depth) => `${repeat(' ', depth)}a:\n`).join(''),
  ],
  'nested explicit keys': ['CS1005', repeat('? ', 10_000)],
  'doubling aliases': ['CS1006', doubling(40)],
  'aliases that nest': ['CS1006', deepening(90)],
  'many aliases': ['CS1006', `a: &a x\nb: [${repeat('*a, ', 10_000)}]\n`],
  'an alias of itself': ['CS1006', 'a: &a [*a]\n'],
  'merge keys': ['CS1008', 'base: &base {a: 1}\nspec:\n  <<: *base\n'],
  'duplicate keys': ['CS1007', 'spec:\n  a: 1\n  a: 2\n'],
  'an open quote': ['CS1004', `a: "${repeat('x', 100_000)}`],
  'an unknown tag': ['CS1004', 'a: !!js/function "x"\n'],
};
