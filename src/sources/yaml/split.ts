/** One part of a file that is parsed on its own. */
export interface TextPart {
  readonly text: string;
  /** Line of the file that the text begins on, from 1. */
  readonly line: number;
}

/**
 * Cuts a file at the document markers (`---` at the start of a line, YAML 1.2 §9.1.2), so that each document can be parsed
 * and remembered on its own. A marker stays at the head of its part. A file with directives (`%YAML`) is one part, as a
 * directive stands before the marker of the document that it belongs to.
 */
export function splitDocuments(text: string): readonly TextPart[] {
  if (text.startsWith('%') || text.includes('\n%')) return [{ text, line: 1 }];
  const parts: TextPart[] = [];
  let partStart = 0;
  let partLine = 1;
  let line = 1;
  for (let lineStart = 0; lineStart < text.length; ) {
    if (lineStart > partStart && isMarker(text, lineStart)) {
      parts.push({ text: text.slice(partStart, lineStart), line: partLine });
      partStart = lineStart;
      partLine = line;
    }
    const end = text.indexOf('\n', lineStart);
    if (end < 0) break;
    lineStart = end + 1;
    line++;
  }
  parts.push({ text: text.slice(partStart), line: partLine });
  return parts;
}

function isMarker(text: string, at: number): boolean {
  if (!text.startsWith('---', at)) return false;
  const next = text[at + 3];
  return next === undefined || next === '\n' || next === '\r' || next === ' ' || next === '\t';
}
