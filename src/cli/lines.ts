/**
 * The lines of a stream, without their ends. Of one that is longer than `longest` characters only the beginning is kept, so that a stream
 * without line ends does not fill the memory.
 */
export async function* linesOf(stream: AsyncIterable<unknown>, longest: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const pieces = (chunk instanceof Uint8Array ? decoder.decode(chunk, { stream: true }) : String(chunk)).split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      yield (rest + piece).slice(0, longest).replace(/\r$/, '');
      rest = '';
    }
    rest = (rest + last).slice(0, longest);
  }
  if (rest !== '') yield rest;
}
