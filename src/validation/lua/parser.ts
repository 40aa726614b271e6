import { ExpressionReader } from './expression-reader';
import { LuaSyntaxError } from './lexer';

/** What can be known of a script without running it. */
export interface LuaScript {
  /** Global variables that it assigns while it is loaded, functions among them. */
  readonly defines: ReadonlySet<string>;
  /** The first line with a loop or `goto` that runs while it is loaded. */
  readonly loopAt?: number;
  /** The first line that may fail while it is loaded: a call, an index or an operator. */
  readonly actsAt?: number;
}

const BLOCK_ENDS: ReadonlySet<string> = new Set(['else', 'elseif', 'end', 'until']);

const STATEMENTS: ReadonlySet<string> = new Set('break do for function goto if local repeat return while'.split(' '));

/** Reads a script as LuaJIT would, without running it. @throws LuaSyntaxError */
export function parseLua(script: string): LuaScript {
  return new Parser(script).parse();
}

/** Reads statements (Lua 5.1 Reference Manual §2.4). */
class Parser extends ExpressionReader {
  readonly #defines = new Set<string>();
  #loopAt: number | undefined;

  parse(): LuaScript {
    this.scopes.enterFunction(true, 1);
    this.#block();
    if (this.token.type !== 'end') throw this.unexpected();
    return {
      defines: this.#defines,
      ...(this.#loopAt !== undefined && { loopAt: this.#loopAt }),
      ...(this.actsAt !== undefined && { actsAt: this.actsAt }),
    };
  }

  /** `before` declares what is local to the block, `after` still sees it. */
  #block(isLoop = false, before?: () => void, after?: () => void): void {
    this.nested(() => {
      this.scopes.enterBlock(isLoop);
      before?.();
      while (!this.#blockEnds()) {
        const isLast = this.#statement();
        this.accept(';');
        if (isLast && !this.#blockEnds()) throw this.unexpected();
      }
      after?.();
      this.scopes.leaveBlock();
    });
  }

  #blockEnds(): boolean {
    const { type, text } = this.token;
    return type === 'end' || (type === 'keyword' && BLOCK_ENDS.has(text));
  }

  /** True for a statement that must be the last one of its block. */
  #statement(): boolean {
    const { line, text, type } = this.token;
    if (type === 'symbol' && text === '::') {
      this.advance();
      const name = this.name();
      this.expect('::');
      this.scopes.label(name, line, this.#onlyLabelsFollow());
      return false;
    }
    if (this.accept(';')) return false;
    if (type !== 'keyword') return this.#expressionStatement();
    if (!STATEMENTS.has(text)) throw this.unexpected();
    this.advance();
    switch (text) {
      case 'if':
        return this.#if();
      case 'while':
        this.#loops(line);
        this.expression();
        this.expect('do');
        return this.#loopBody();
      case 'do':
        this.#block();
        return this.#end();
      case 'for':
        this.#loops(line);
        return this.#for();
      case 'repeat':
        this.#loops(line);
        this.#block(true, undefined, () => {
          this.expect('until');
          this.expression();
        });
        return false;
      case 'function':
        return this.#functionStatement();
      case 'local':
        return this.#local();
      case 'return':
        if (!this.#blockEnds() && this.token.text !== ';') this.expressions();
        return true;
      case 'break':
        if (!this.scopes.inLoop) throw new LuaSyntaxError('break outside of a loop', line);
        return false;
      case 'goto':
        this.#loops(line);
        this.scopes.goto(this.name(), line);
        return false;
      default:
        throw this.unexpected();
    }
  }

  #if(): false {
    do {
      this.expression();
      this.expect('then');
      this.#block();
    } while (this.accept('elseif'));
    if (this.accept('else')) this.#block();
    return this.#end();
  }

  #for(): false {
    const names = this.names();
    if (names.length === 1 && this.accept('=')) {
      const count = this.expressions();
      if (count < 2 || count > 3) throw this.unexpected();
    } else {
      this.expect('in');
      this.expressions();
    }
    this.expect('do');
    // LuaJIT keeps three variables of its own for a loop.
    return this.#loopBody(['(1)', '(2)', '(3)', ...names]);
  }

  #loopBody(names: readonly string[] = []): false {
    this.#block(true, () => names.forEach((name) => this.scopes.declare(name)));
    return this.#end();
  }

  #functionStatement(): false {
    const line = this.token.line;
    const name = this.name();
    const isLocal = this.scopes.isLocal(name);
    let isField = false;
    while (this.accept('.')) {
      this.name();
      isField = true;
    }
    const isMethod = this.accept(':');
    if (isMethod) this.name();
    if (isField || isMethod) this.acts(line);
    else if (!isLocal) this.#define(name);
    this.functionBody(isMethod);
    return false;
  }

  #local(): false {
    if (this.accept('function')) {
      this.scopes.declare(this.name());
      this.functionBody(false);
      return false;
    }
    const names = this.names();
    if (this.accept('=')) this.expressions();
    for (const name of names) this.scopes.declare(name);
    return false;
  }

  /** A call, or an assignment. */
  #expressionStatement(): false {
    const targets = [this.suffixed()];
    if (targets[0]?.kind === 'call') return false;
    while (this.accept(',')) targets.push(this.suffixed());
    if (targets.some(({ kind }) => kind !== 'variable' && kind !== 'index')) throw this.unexpected();
    this.expect('=');
    this.expressions();
    for (const { name } of targets) if (name !== undefined && !this.scopes.isLocal(name)) this.#define(name);
    return false;
  }

  protected override functionBody(isMethod: boolean): void {
    const { line } = this.token;
    this.expect('(');
    const parameters = isMethod ? ['self'] : [];
    let isVararg = false;
    if (!this.is(')')) {
      do {
        isVararg = this.accept('...');
        if (!isVararg) parameters.push(this.name());
      } while (!isVararg && this.accept(','));
    }
    this.expect(')');
    this.scopes.enterFunction(isVararg, line);
    this.#block(false, () => parameters.forEach((name) => this.scopes.declare(name)));
    this.scopes.leaveFunction();
    this.#end();
  }

  #onlyLabelsFollow(): boolean {
    let count = 0;
    while (this.ahead(count)?.text === '::') count += 3;
    const after = this.ahead(count);
    return after === undefined || after.type === 'end' || (after.type === 'keyword' && BLOCK_ENDS.has(after.text));
  }

  #end(): false {
    this.expect('end');
    return false;
  }

  #define(name: string): void {
    if (this.scopes.atTop) this.#defines.add(name);
  }

  #loops(line: number): void {
    if (this.scopes.atTop) this.#loopAt ??= line;
  }
}
