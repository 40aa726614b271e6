/**
 * Builds once per IR object: an unchanged object gives the very message it gave before, and a message that is the same
 * object is not encoded again. Whatever is built must depend on that object alone.
 */
export function memoised<Input extends object, Output extends object>(
  build: (input: Input) => Output,
): (input: Input) => Output {
  const built = new WeakMap<Input, Output>();
  return (input) => {
    let output = built.get(input);
    if (output === undefined) {
      output = build(input);
      built.set(input, output);
    }
    return output;
  };
}

/** Builds at first use: loading this room must not load the proto descriptors, for commands that encode nothing. */
export function lazy<Output extends object>(build: () => Output): () => Output {
  let output: Output | undefined;
  return () => (output ??= build());
}
