import { maskLongRuns, maskUserInformation, showsPrivateKey } from '../../model/redaction';

const LONGEST = 160;
/** Words that a Secret can't do without, in a text that could not be parsed and so can't be asked. */
const SECRET_WORDS = /\bSecret(?:List)?\b|tls\.key|key\.pem|stringData|["']?\bdata["']?\s*:/;

/** True if the text could hold key material; then no line of it is ever shown. For text that did not parse. */
export function mayHoldSecret(text: string): boolean {
  return showsPrivateKey(text) || SECRET_WORDS.test(text);
}

/** The ACL token of a ConsulResolver; it may be shorter than what is masked for its length. */
const TOKEN = /\b(token["']?\s*:\s*)\S.*/;

/**
 * A source line as it may be shown: shortened, with long encoded runs masked. `column` counts from 1 and stays within
 * what is shown. Undefined if the line reaches beyond what may be shown around the column.
 */
export function excerptOf(line: string, column: number): string | undefined {
  const shown = maskUserInformation(line);
  const masked = maskLongRuns(shown).replace(TOKEN, '$1[redacted]').trimEnd();
  // Masking moves what follows it, and a caret under the wrong word misleads.
  if (masked !== shown.trimEnd() && masked.slice(0, column - 1) !== shown.slice(0, column - 1)) return undefined;
  if (masked.length <= LONGEST) return masked;
  return column > LONGEST ? undefined : `${masked.slice(0, LONGEST)}…`;
}
