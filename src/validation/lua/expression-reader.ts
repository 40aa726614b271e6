import { LuaSyntaxError } from './lexer';
import { Scopes } from './scopes';
import { TokenReader } from './token-reader';

/** Registers of a function; LuaJIT has 250. */
const MAX_SLOTS = 230;

type Powers = readonly [left: number, right: number];

/** Left and right binding powers (Lua 5.1 Reference Manual §2.5.6). */
const BINARY: Readonly<Record<string, Powers>> = {
  '+': [6, 6],
  '-': [6, 6],
  '*': [7, 7],
  '/': [7, 7],
  '%': [7, 7],
  '^': [10, 9],
  '..': [5, 4],
  '==': [3, 3],
  '~=': [3, 3],
  '<': [3, 3],
  '<=': [3, 3],
  '>': [3, 3],
  '>=': [3, 3],
  and: [2, 2],
  or: [1, 1],
};
const UNARY_POWER = 8;
const LITERALS: ReadonlySet<string> = new Set(['nil', 'true', 'false']);
/** Operators that fail on no value. */
const HARMLESS: ReadonlySet<string> = new Set(['and', 'or', 'not', '==', '~=']);

/** Reads expressions (Lua 5.1 Reference Manual §2.5), and notes what of them runs when the script is loaded. */
export abstract class ExpressionReader extends TokenReader {
  protected readonly scopes = new Scopes();
  /** The first line that may fail while the script is loaded. */
  protected actsAt: number | undefined;

  /** From the parenthesis of the parameters to `end`. */
  protected abstract functionBody(isMethod: boolean): void;

  protected expressions(): number {
    let count = 0;
    do {
      this.expression();
      count += 1;
    } while (this.accept(','));
    if (count + this.scopes.locals > MAX_SLOTS)
      throw new LuaSyntaxError('too many values in one list', this.token.line);
    return count;
  }

  protected expression(limit = 0): void {
    this.nested(() => {
      const { text, line } = this.token;
      if (text === 'not' || text === '-' || text === '#') {
        this.advance();
        this.expression(UNARY_POWER);
        if (!HARMLESS.has(text)) this.acts(line);
      } else this.simple();
      for (;;) {
        const operator = this.token;
        const powers = Object.hasOwn(BINARY, operator.text) ? BINARY[operator.text] : undefined;
        if (powers === undefined || powers[0] <= limit) return;
        this.advance();
        if (!HARMLESS.has(operator.text)) this.acts(operator.line);
        this.expression(powers[1]);
      }
    });
  }

  protected simple(): void {
    const { type, text } = this.token;
    if (type === 'number' || type === 'string' || (type === 'keyword' && LITERALS.has(text))) this.advance();
    else if (type === 'symbol' && text === '...') {
      if (!this.scopes.isVararg) throw new LuaSyntaxError('... outside of a vararg function', this.token.line);
      this.advance();
    } else if (type === 'symbol' && text === '{') this.table();
    else if (type === 'keyword' && text === 'function') {
      this.advance();
      this.functionBody(false);
    } else this.suffixed();
  }

  protected suffixed(): { readonly kind: 'variable' | 'index' | 'call' | 'value'; readonly name?: string } {
    const { type, text, line } = this.token;
    let kind: 'variable' | 'index' | 'call' | 'value' = 'value';
    let name: string | undefined;
    if (type === 'name') {
      kind = 'variable';
      name = this.name();
      this.scopes.isLocal(name);
    } else if (type === 'symbol' && text === '(') {
      this.advance();
      this.expression();
      this.expect(')');
    } else throw this.unexpected();
    for (;;) {
      const next = this.suffix();
      if (next === undefined) return { kind, ...(kind === 'variable' && name !== undefined && { name }) };
      this.acts(line);
      kind = next;
    }
  }

  protected suffix(): 'index' | 'call' | undefined {
    const { type, text } = this.token;
    if (type === 'string') {
      this.advance();
      return 'call';
    }
    if (type !== 'symbol') return undefined;
    switch (text) {
      case '.':
        this.advance();
        this.name();
        return 'index';
      case '[':
        this.advance();
        this.expression();
        this.expect(']');
        return 'index';
      case ':':
        this.advance();
        this.name();
        this.arguments();
        return 'call';
      case '(':
      case '{':
        this.arguments();
        return 'call';
      default:
        return undefined;
    }
  }

  protected arguments(): void {
    const { type, text } = this.token;
    if (type === 'string') this.advance();
    else if (type === 'symbol' && text === '{') this.table();
    else {
      this.expect('(');
      if (!this.is(')')) this.expressions();
      this.expect(')');
    }
  }

  protected table(): void {
    this.nested(() => {
      this.expect('{');
      while (!this.is('}')) {
        const next = this.ahead(1);
        if (this.accept('[')) {
          this.expression();
          this.expect(']');
          this.expect('=');
        } else if (this.token.type === 'name' && next?.type === 'symbol' && next.text === '=') {
          this.advance();
          this.advance();
        }
        this.expression();
        if (!this.accept(',') && !this.accept(';')) break;
      }
      this.expect('}');
    });
  }

  protected acts(line: number): void {
    if (this.scopes.atTop) this.actsAt ??= line;
  }
}
