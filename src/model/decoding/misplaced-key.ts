import type { Path } from '../document';
import { holdsPrivateKey } from '../redaction';
import { type Problem, isFields } from './problem';

/** Shorter texts hold no key. */
const SHORTEST = 40;

/**
 * CS1027: fields that hold a private key although their kind is no Secret. They are taken for wrong, so that nothing later
 * can repeat what they hold. There are no more values than `isOversized` allows.
 */
export function misplacedKeys(spec: unknown, base: Path, show: (path: Path) => string): Problem[] {
  const problems: Problem[] = [];
  const found = (path: Path, part: Problem['part']) => {
    const message = `${show(path)} holds a private key, and only a Secret may hold one`;
    problems.push({ code: 'CS1027', message, path, part });
  };
  const look = (value: unknown, path: Path): void => {
    if (typeof value === 'string') {
      if (value.length >= SHORTEST && holdsPrivateKey(value)) found(path, 'value');
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => look(item, [...path, index]));
    } else if (isFields(value)) {
      for (const [key, item] of Object.entries(value)) {
        if (key.length >= SHORTEST && holdsPrivateKey(key)) found([...path, key], 'key');
        else look(item, [...path, key]);
      }
    }
  };
  look(spec, base);
  return problems;
}
