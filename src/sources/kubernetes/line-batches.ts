/** A line of a watch holds one object, which etcd limits to 1.5 MiB; more than this is none. */
const LONGEST = 16 * 1024 * 1024;

/** The whole lines of each piece of a stream, as they come; an unfinished last line of the stream is no line. */
export async function* lineBatches(stream: AsyncIterable<unknown>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const pieces = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = pieces.pop() ?? '';
    if (rest.length > LONGEST) throw new Error('a line of the watch is too long');
    const lines = pieces.filter((line) => line !== '');
    if (lines.length > 0) yield lines;
  }
}
