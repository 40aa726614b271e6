/**
 * Users’ text without what would steer a terminal or a log viewer: control characters (C0 but tab and line feed, C1), and those that
 * change the direction of writing (Unicode UAX #9), become U+FFFD.
 */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    '\ufffd',
  );
}

/** As above, and on one line: tabs and line feeds become blanks. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/[\t\n]/g, ' '));
}
