import { LuaSyntaxError } from './lexer';

/** Limits of LuaJIT (`LJ_MAX_LOCVAR`, `LJ_MAX_UPVAL`). */
const MAX_LOCALS = 200;
const MAX_UPVALUES = 60;

interface Label {
  readonly name: string;
  /** Local variables in sight where it stands. */
  readonly locals: number;
}

interface Goto extends Label {
  readonly line: number;
}

interface Block {
  readonly isLoop: boolean;
  /** Local variables of the function when the block began. */
  readonly locals: number;
  readonly labels: Label[];
  gotos: Goto[];
}

interface Body {
  readonly isVararg: boolean;
  readonly line: number;
  readonly locals: string[];
  readonly upvalues: Set<string>;
  readonly blocks: Block[];
}

/** The functions and blocks around a place in a script, with their variables and labels. The first function is the script itself. */
export class Scopes {
  readonly #bodies: Body[] = [];

  enterFunction(isVararg: boolean, line: number): void {
    this.#bodies.push({ isVararg, line, locals: [], upvalues: new Set(), blocks: [] });
  }

  leaveFunction(): void {
    this.#bodies.pop();
  }

  enterBlock(isLoop = false): void {
    const { blocks, locals } = this.#body;
    blocks.push({ isLoop, locals: locals.length, labels: [], gotos: [] });
  }

  /** Jumps that found no label here go on to the block around; a loop and a function are as far as they get. @throws LuaSyntaxError */
  leaveBlock(): void {
    const { blocks, locals } = this.#body;
    const block = blocks.pop();
    if (block === undefined) return;
    locals.length = block.locals;
    const outer = blocks.at(-1);
    for (const jump of block.gotos) {
      const label = outer?.labels.find(({ name }) => name === jump.name);
      if (label !== undefined) continue;
      if (outer === undefined) throw new LuaSyntaxError(`undefined label ${jump.name}`, jump.line);
      outer.gotos.push({ ...jump, locals: Math.min(jump.locals, block.locals) });
    }
  }

  /** Whether the code at hand runs when the script is loaded. */
  get atTop(): boolean {
    return this.#bodies.length === 1;
  }

  get isVararg(): boolean {
    return this.#body.isVararg;
  }

  get inLoop(): boolean {
    return this.#body.blocks.some(({ isLoop }) => isLoop);
  }

  /** How many local variables of the function are in sight. */
  get locals(): number {
    return this.#body.locals.length;
  }

  /** @throws LuaSyntaxError */
  declare(name: string): void {
    const { locals, line } = this.#body;
    locals.push(name);
    if (locals.length > MAX_LOCALS)
      throw new LuaSyntaxError(`a function has more than ${MAX_LOCALS} local variables`, line);
  }

  /** Whether the name is that of a local variable, here or in a function around. @throws LuaSyntaxError */
  isLocal(name: string): boolean {
    const owner = this.#bodies.findLastIndex(({ locals }) => locals.includes(name));
    for (const { upvalues, line } of owner < 0 ? [] : this.#bodies.slice(owner + 1)) {
      upvalues.add(`${owner} ${name}`);
      if (upvalues.size > MAX_UPVALUES)
        throw new LuaSyntaxError(`a function uses more than ${MAX_UPVALUES} variables of functions around it`, line);
    }
    return owner >= 0;
  }

  /** `isLast`: nothing but labels follows in the block, so that variables declared in between end there. @throws LuaSyntaxError */
  label(name: string, line: number, isLast: boolean): void {
    if (this.#body.blocks.some(({ labels }) => labels.some((label) => label.name === name)))
      throw new LuaSyntaxError(`duplicate label ${name}`, line);
    const block = this.#body.blocks.at(-1);
    if (block === undefined) return;
    const locals = isLast ? block.locals : this.locals;
    for (const jump of block.gotos.filter((candidate) => candidate.name === name))
      if (jump.locals < locals) throw new LuaSyntaxError(`goto ${name} jumps over a local variable`, jump.line);
    block.gotos = block.gotos.filter((jump) => jump.name !== name);
    block.labels.push({ name, locals });
  }

  goto(name: string, line: number): void {
    const block = this.#body.blocks.at(-1);
    if (block?.labels.some((label) => label.name === name) !== true)
      block?.gotos.push({ name, line, locals: this.locals });
  }

  get #body(): Body {
    const body = this.#bodies.at(-1);
    if (body === undefined) throw new RangeError('outside of every function');
    return body;
  }
}
