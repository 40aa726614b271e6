import type { Subject } from '../../diagnostics/diagnostic';
import { GUARDING_KINDS } from '../../model/guarding-kinds';

const KIND = /(?:^|[\s{,"'])kind["']?[ \t]*:[ \t]*["']?([A-Z][A-Za-z]{0,63})\b/g;
const NAME = /(?:^|[\s{,"'])name["']?[ \t]*:[ \t]*["']?([a-z0-9][a-z0-9.-]{0,252})\b/;
const NAMESPACE = /(?:^|[\s{,"'])namespace["']?[ \t]*:[ \t]*["']?([a-z0-9][a-z0-9-]{0,62})\b/;

/** Which definition that guards a text seems to be about that cannot be parsed: of several, the one that is missed the most. */
export function guessedSubject(text: string): Subject | undefined {
  const kinds = [...text.matchAll(KIND)].flatMap(([, kind]) => kind ?? []);
  const kind = GUARDING_KINDS.find((guard) => kinds.includes(guard));
  if (kind === undefined) return undefined;
  return { kind, namespace: NAMESPACE.exec(text)?.[1] ?? 'default', name: NAME.exec(text)?.[1] ?? '' };
}
