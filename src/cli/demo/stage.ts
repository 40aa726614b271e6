import type { Environment } from '../environment';

/** A step of the demo that did not hold. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

/** Prints what the demo does, step by step. */
export class Stage {
  readonly #environment: Environment;
  readonly #colour: boolean;
  #step = 0;

  constructor(environment: Environment, colour: boolean) {
    this.#environment = environment;
    this.#colour = colour;
  }

  /** Runs a step and prints what it found; throws StepFailed if it does not hold. */
  async step(title: string, run: () => Promise<readonly string[]>): Promise<void> {
    this.#step += 1;
    const started = performance.now();
    try {
      const found = await run();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      this.say(`${this.#paint('32', '✓')} ${this.#step}. ${title} ${this.#paint('2', `(${seconds} s)`)}`);
      for (const line of found) this.say(`     ${line}`);
    } catch (error) {
      this.say(`${this.#paint('31', '✗')} ${this.#step}. ${title}`);
      throw new StepFailed(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  say(line: string): void {
    this.#environment.stdout.write(`${line}\n`);
  }

  #paint(code: string, text: string): string {
    return this.#colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

/** Ends the step with a message where something is not as it must be. */
export function check(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new StepFailed(otherwise);
}
