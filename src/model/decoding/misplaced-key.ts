import type { Path } from '../document';
import { holdsPrivateKey } from '../redaction';
import { type Fields, type Problem, isFields } from './problem';

/** Shorter texts hold no key. */
const SHORTEST = 40;
const NONE: readonly Problem[] = [];

/**
 * CS1027: fields that hold a private key although their kind is no Secret. They are taken for wrong, so that nothing later
 * can repeat what they hold. There are no more values than `isOversized` allows.
 */
export function misplacedKeys(spec: unknown, base: Path, show: (path: Path) => string): readonly Problem[] {
  if (!holdsKey(spec)) return NONE;
  const problems: Problem[] = [];
  /** Down to the value at hand. */
  const trail: (string | number)[] = [...base];
  const found = (part: Problem['part']) => {
    const path = [...trail];
    const message = `${show(path)} holds a private key, and only a Secret may hold one`;
    problems.push({ code: 'CS1027', message, path, part });
  };
  const look = (value: unknown): void => {
    if (typeof value === 'string') {
      if (isKey(value)) found('value');
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        trail.push(index);
        look(item);
        trail.pop();
      });
    } else if (isFields(value)) {
      for (const key of Object.keys(value)) {
        trail.push(key);
        if (isKey(key)) found('key');
        else look(value[key]);
        trail.pop();
      }
    }
  };
  look(spec);
  return problems;
}

/** Whether there is one at all: where there is none, nothing needs to be known of where. */
function holdsKey(value: unknown): boolean {
  if (typeof value === 'string') return isKey(value);
  if (typeof value !== 'object' || value === null) return false;
  for (const key in value) if (isKey(key) || holdsKey((value as Fields)[key])) return true;
  return false;
}

function isKey(text: string): boolean {
  return text.length >= SHORTEST && holdsPrivateKey(text);
}
