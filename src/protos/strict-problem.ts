/** Names and indices from a message down to a value. Kept only when a refusal is to be explained: it costs as much as the check. */
export type Trail = (string | number)[] | undefined;

/** What went wrong and where; the codec adds the name of the message. */
export class StrictProblem extends Error {
  readonly path: string;

  constructor(trail: Trail, problem: string) {
    super(problem);
    this.path = (trail ?? [])
      .map((step) => (typeof step === 'number' ? `[${String(step)}]` : `.${step}`))
      .join('')
      .replace(/^\./, '');
  }
}
