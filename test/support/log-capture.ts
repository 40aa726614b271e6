import { Recorder } from '../canary/recorder';

/** One line of the structured log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string; readonly level: string };

/** A destination for the log that keeps it, and tells when a line has come. */
export class LogCapture {
  readonly lines: LogLine[] = [];
  readonly #raw: string[] = [];
  readonly #record = Recorder.get()?.output('log');
  readonly #readers = new Set<() => void>();

  /** Everything that was written, as it was written. */
  get text(): string {
    return this.#raw.join('');
  }

  /** Takes whole lines, as pino writes them. */
  write(chunk: string): void {
    this.#record?.(chunk);
    this.#raw.push(chunk);
    for (const line of chunk.split('\n')) if (line.trim() !== '') this.lines.push(parse(line));
    for (const look of this.#readers) look();
  }

  /** How many lines so far are such. */
  count(matches: (line: LogLine) => boolean): number {
    return this.lines.filter(matches).length;
  }

  /** The first line, old or new, of which this is so. */
  async line(what: string, matches: (line: LogLine) => boolean, timeoutMs = 15_000): Promise<LogLine> {
    return await new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#readers.delete(look);
        settle();
      };
      const look = () => {
        const found = this.lines.find(matches);
        if (found !== undefined) finish(() => resolve(found));
      };
      const timer = setTimeout(
        () => finish(() => reject(new Error(`not logged within ${timeoutMs} ms: ${what}`))),
        timeoutMs,
      );
      this.#readers.add(look);
      look();
    });
  }
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { level: 'none', msg: line };
  }
}
