/** What a command may touch of the outside world; tests bring their own. */
export interface Environment {
  /** Default: that of the process. */
  readonly stdin?: AsyncIterable<unknown>;
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
}

/** A variable that says something: one that is set to nothing counts as not set. */
export function variable(name: string, { variables }: Environment): string | undefined {
  const value = variables[name];
  return value === '' ? undefined : value;
}

/** Colours only on a terminal, and never where `NO_COLOR` is set (https://no-color.org). */
export function colourful(stream: { readonly isTTY?: boolean }, environment: Environment): boolean {
  return (
    stream.isTTY === true && variable('NO_COLOR', environment) === undefined && environment.variables['TERM'] !== 'dumb'
  );
}
