/** A token of Lua 5.1 as Envoy’s LuaJIT reads it, with what it has of 5.2 (Lua 5.1 Reference Manual §2.1; LuaJIT, "Extensions"). */
export interface Token {
  readonly type: 'name' | 'keyword' | 'number' | 'string' | 'symbol' | 'end';
  /** The text itself; of a string, its quotes and contents as written. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** What makes a script no Lua. */
export class LuaSyntaxError extends Error {
  override readonly name = 'LuaSyntaxError';
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(
  `and break do else elseif end false for function goto if in local nil not or repeat return then true until while`.split(
    ' ',
  ),
);
const SPACE = /[ \t\r\n\v\f]+/y;
const COMMENT = /--(?!\[=*\[)[^\r\n]*/y;
const NAME = /[A-Za-z_\x80-\uffff][\w\x80-\uffff]*/y;
/** As far as LuaJIT reads on before it judges the number. */
const NUMERAL = /\.?\d(?:[eE][+-]|[pP][+-]|[\w.\x80-\uffff])*/y;
const NUMBER =
  /^(?:0[xX](?:[\da-fA-F]+\.?[\da-fA-F]*|\.[\da-fA-F]+)(?:[pP][+-]?\d+)?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$|^(?:0[xX][\da-fA-F]+|\d+)(?:[uU]?[lL][lL])$/;
const SYMBOL = /\.\.\.|\.\.|==|~=|<=|>=|::|[-+*/%^#<>=(){}[\];:,.]/y;
const LONG = /\[(=*)\[/y;
const ESCAPE = /^\\(?:[abfnrtv\\"'\n]|\r\n?|x[\da-fA-F]{2}|z|\d{1,3}|u\{[\da-fA-F]{1,6}\})/;

/** The tokens of a script, `end` being the last. @throws LuaSyntaxError */
export function tokens(script: string): readonly Token[] {
  return new Lexer(script).read();
}

class Lexer {
  readonly #text: string;
  #position = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  read(): readonly Token[] {
    const found: Token[] = [];
    if (this.#text.startsWith('#')) this.#take(/[^\r\n]*/y);
    for (;;) {
      const token = this.#next();
      if (token !== undefined) found.push(token);
      if (token?.type === 'end') return found;
    }
  }

  #next(): Token | undefined {
    const line = this.#line;
    if (this.#position >= this.#text.length) return { type: 'end', text: 'the end of the script', line };
    if (this.#take(SPACE) !== undefined || this.#take(COMMENT) !== undefined) return undefined;
    if (this.#text.startsWith('--[', this.#position)) {
      this.#position += 2;
      this.#long('comment');
      return undefined;
    }
    const name = this.#take(NAME);
    if (name !== undefined) return { type: KEYWORDS.has(name) ? 'keyword' : 'name', text: name, line };
    const numeral = this.#take(NUMERAL);
    if (numeral !== undefined) {
      if (!NUMBER.test(numeral)) throw new LuaSyntaxError(`malformed number ${numeral}`, line);
      return { type: 'number', text: numeral, line };
    }
    LONG.lastIndex = this.#position;
    if (LONG.test(this.#text)) return { type: 'string', text: this.#long('string'), line };
    const quote = this.#text[this.#position];
    if (quote === '"' || quote === "'") return { type: 'string', text: this.#quoted(quote), line };
    const symbol = this.#take(SYMBOL);
    if (symbol !== undefined) return { type: 'symbol', text: symbol, line };
    throw new LuaSyntaxError(`unexpected character ${JSON.stringify(quote)}`, line);
  }

  #quoted(quote: string): string {
    const start = this.#position;
    const line = this.#line;
    this.#position += 1;
    for (;;) {
      const character = this.#text[this.#position];
      if (character === quote) break;
      if (character === undefined || character === '\n' || character === '\r')
        throw new LuaSyntaxError('unfinished string', line);
      if (character === '\\') this.#escape();
      else this.#position += 1;
    }
    this.#position += 1;
    return this.#text.slice(start, this.#position);
  }

  #escape(): void {
    const [escape] = ESCAPE.exec(this.#text.slice(this.#position, this.#position + 12)) ?? [];
    const value = escape === undefined ? Infinity : Number(/^\\(\d+)$/.exec(escape)?.[1] ?? 0);
    const point = escape === undefined ? 0 : Number.parseInt(/^\\u\{(.*)\}$/.exec(escape)?.[1] ?? '0', 16);
    const surrogate = point >= 0xd800 && point <= 0xdfff;
    if (escape === undefined || value > 255 || point > 0x10ffff || surrogate)
      throw new LuaSyntaxError('invalid escape sequence in a string', this.#line);
    this.#position += escape.length;
    if (/[\r\n]/.test(escape)) this.#line += 1;
    if (escape === '\\z') this.#take(SPACE);
  }

  /** `[[…]]`, `[=[…]=]` and so on. */
  #long(what: 'string' | 'comment'): string {
    const line = this.#line;
    LONG.lastIndex = this.#position;
    const level = LONG.exec(this.#text)?.[1] ?? '';
    const end = this.#text.indexOf(`]${level}]`, this.#position + level.length + 2);
    if (end < 0) throw new LuaSyntaxError(`unfinished long ${what}`, line);
    const text = this.#text.slice(this.#position, end + level.length + 2);
    this.#advance(text);
    return text;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const text = pattern.exec(this.#text)?.[0];
    if (text !== undefined) this.#advance(text);
    return text;
  }

  #advance(text: string): void {
    this.#position += text.length;
    this.#line += text.match(/\r\n?|\n/g)?.length ?? 0;
  }
}
