/** Users’ text without what would steer a terminal or a log viewer: control characters (C0 but tab and line feed, C1) become U+FFFD. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}
