import type { Path } from '../document';
import type { SecretSpec } from '../kinds';
import { SecretData } from '../secret-data';
import { showPath } from './describe';
import { type Fields, type Problem, isFields } from './problem';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Decodes `data` and `stringData` of a Secret that passed its schema. Base64 is strict (RFC 4648 §4) but for line breaks,
 * which Kubernetes passes over too.
 */
export function readSecretSpec(root: Fields): { readonly spec: SecretSpec; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const values = new Map<string, Buffer>();
  for (const [key, value] of entriesOf(root['data'])) {
    const encoded = value.replace(/[\r\n]/g, '');
    if (encoded.length % 4 === 0 && BASE64.test(encoded)) values.set(key, Buffer.from(encoded, 'base64'));
    else problems.push(notBase64(key, value));
  }
  for (const [key, value] of entriesOf(root['stringData'])) values.set(key, Buffer.from(value, 'utf8'));
  const type = typeof root['type'] === 'string' && root['type'] !== '' ? root['type'] : 'Opaque';
  return { spec: { type, data: new SecretData(values) }, problems };
}

/**
 * Where a value of a Secret stands in its document. Paths name it below `stringData`, of which it may as well be in `data`; one
 * that is in neither is missing from whichever there is.
 */
export function secretPath(path: Path, root: Fields): Path {
  const [field, key, ...rest] = path;
  if (field !== 'stringData' || key === undefined) return path;
  const { data, stringData } = root;
  const isPlain = !isFields(data) || (isFields(stringData) && Object.hasOwn(stringData, key));
  return [isPlain ? field : 'data', key, ...rest];
}

function entriesOf(value: unknown): [string, string][] {
  if (!isFields(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}

function notBase64(key: string, value: string): Problem {
  const path = ['data', key];
  const pem = value.includes('-----BEGIN');
  return {
    code: 'CS1025',
    message: `${showPath(path)} is not base64${pem ? ' but PEM text' : ''}`,
    ...(pem && { fix: 'move it to stringData as it is' }),
    path,
    part: 'key',
  };
}
