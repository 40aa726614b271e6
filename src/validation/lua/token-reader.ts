import { LuaSyntaxError, type Token, tokens } from './lexer';

/** Of nested blocks and expressions; LuaJIT allows 200. */
const MAX_DEPTH = 120;

/** Goes through the tokens of a script. Every method throws LuaSyntaxError where the script is no Lua. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(script: string) {
    this.#tokens = tokens(script);
  }

  protected get token(): Token {
    return this.#tokens[this.#position] ?? { type: 'end', text: 'the end of the script', line: 1 };
  }

  protected advance(): void {
    this.#position += 1;
  }

  protected is(text: string): boolean {
    const { type, text: actual } = this.token;
    return (type === 'symbol' || type === 'keyword') && actual === text;
  }

  protected accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.advance();
    return true;
  }

  protected expect(text: string): void {
    if (!this.is(text)) throw new LuaSyntaxError(`${text} expected near ${this.token.text}`, this.token.line);
    this.advance();
  }

  protected name(): string {
    if (this.token.type !== 'name') throw this.unexpected();
    const { text } = this.token;
    this.advance();
    return text;
  }

  protected names(): readonly string[] {
    const names = [this.name()];
    while (this.accept(',')) names.push(this.name());
    return names;
  }

  protected nested(read: () => void): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new LuaSyntaxError('nested too deeply', this.token.line);
    read();
    this.#depth -= 1;
  }

  protected unexpected(): LuaSyntaxError {
    return new LuaSyntaxError(`unexpected ${this.token.text}`, this.token.line);
  }

  /** A token that is not yet reached. */
  protected ahead(count: number): Token | undefined {
    return this.#tokens[this.#position + count];
  }
}
