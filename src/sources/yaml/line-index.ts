/** Which line an offset is on. Lines end with LF; a CR before it belongs to its line. */
export class LineIndex {
  readonly #starts: number[] = [0];

  /** Indexes the text as far as `until`. */
  constructor(text: string, until = text.length) {
    for (let end = text.indexOf('\n'); end >= 0 && end < until; end = text.indexOf('\n', end + 1))
      this.#starts.push(end + 1);
  }

  /** The line, counted from 1, and the offset that it begins at. */
  at(offset: number): { readonly line: number; readonly lineStart: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, lineStart: this.#starts[low] ?? 0 };
  }
}
