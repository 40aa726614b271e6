import type { Code } from '../../diagnostics/catalogue';
import type { ConsulAnswer, ConsulApi } from './consul-api';
import { ask, type Question } from './question';

/** What is wrong with an answer, or with asking. */
export interface Notice {
  readonly code: Extract<Code, 'CS7020' | 'CS7021' | 'CS7022'>;
  readonly message: string;
}

/** What an answer says. */
export interface Reading<Content> {
  /** Absent: it says nothing, and what was known before stays. */
  readonly content?: Content;
  readonly notice?: Notice;
}

export type Reader<Content> = (answer: ConsulAnswer) => Promise<Reading<Content>>;

/** How long the first answer is waited for before all goes on without it, in milliseconds. */
const FIRST_ANSWER_MS = 5_000;

/** One question to Consul, and the last answer that made sense. */
export class Inquiry<Content> {
  readonly #asking: { readonly end: () => void };
  readonly #read: Reader<Content>;
  readonly #changed: () => void;
  readonly #patience: NodeJS.Timeout;
  #turn = 0;
  #settled = false;
  #content: Content | undefined;
  #notice: Notice | undefined;

  constructor(api: ConsulApi, question: Question, read: Reader<Content>, changed: () => void) {
    this.#read = read;
    this.#changed = changed;
    this.#asking = ask(api, question, {
      answered: (answer) => void this.#answered(answer),
      failed: (message) => this.#tell({ code: 'CS7020', message }),
    });
    this.#patience = setTimeout(() => this.#tell(this.#notice), FIRST_ANSWER_MS);
  }

  get content(): Content | undefined {
    return this.#content;
  }

  get notice(): Notice | undefined {
    return this.#notice;
  }

  /** It was answered, has failed, or has been waited for long enough. */
  get settled(): boolean {
    return this.#settled;
  }

  end(): void {
    clearTimeout(this.#patience);
    this.#asking.end();
    this.#turn = -1;
  }

  async #answered(answer: ConsulAnswer): Promise<void> {
    const turn = (this.#turn += 1);
    const reading = await this.#read(answer).catch((error: unknown): Reading<Content> => {
      return {
        notice: { code: 'CS7020', message: error instanceof Error ? error.message : 'the answer makes no sense' },
      };
    });
    // Names take a while to be resolved: a newer answer may have come meanwhile.
    if (turn !== this.#turn) return;
    if (reading.content !== undefined) this.#content = reading.content;
    this.#tell(reading.notice);
  }

  #tell(notice: Notice | undefined): void {
    clearTimeout(this.#patience);
    this.#notice = notice;
    this.#settled = true;
    this.#changed();
  }
}
