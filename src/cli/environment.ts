/** What a command may touch of the outside world; tests bring their own. */
export interface Environment {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
}

/** Colours only on a terminal, and never where `NO_COLOR` is set (https://no-color.org). */
export function colourful(stream: { readonly isTTY?: boolean }, environment: Environment): boolean {
  const { NO_COLOR, TERM } = environment.variables;
  return stream.isTTY === true && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
}
