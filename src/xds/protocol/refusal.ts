import type { Resource } from '../../snapshot/snapshot';

/** Why a client refused a response, in words of our own: Envoy's text can quote the bytes of a private key. */
export type RefusalReason =
  | 'secret-key-mismatch'
  | 'private-key-unusable'
  | 'certificate-unusable'
  | 'trusted-ca-unusable'
  | 'invalid-regex'
  | 'duplicate'
  | 'constraint-violation'
  | 'unknown-extension'
  | 'unknown-reference'
  | 'cannot-bind'
  | 'undecodable'
  | 'other';

/** First match wins. All patterns are free of nested repetition, since the text is the client's. */
const PATTERNS: readonly (readonly [RefusalReason, RegExp])[] = [
  // These two quote the whole message, and with it words of all the others.
  ['constraint-violation', /constraint validation failed|ValidationError/i],
  ['undecodable', /Unable to unpack|Unable to parse/i],
  ['secret-key-mismatch', /KEY_VALUES_MISMATCH|KEY_TYPE_MISMATCH|key values mismatch|private key does not match/i],
  ['private-key-unusable', /private key/i],
  ['trusted-ca-unusable', /trusted CA|CA certificate|CRL/i],
  ['certificate-unusable', /certificate chain|certificate/i],
  ['invalid-regex', /regex|RE2/i],
  ['duplicate', /duplicate|already exists|Only unique/i],
  ['unknown-extension', /registered implementation|unknown filter|not a registered/i],
  ['unknown-reference', /unknown cluster|unknown weighted cluster|unknown secret/i],
  ['cannot-bind', /cannot bind|Address already in use/i],
  ['undecodable', /unknown fields|could not find|does not match/i],
];

const MAX_TEXT = 65_536;

export function classifyRefusal(text: string): RefusalReason {
  const head = text.slice(0, MAX_TEXT);
  return PATTERNS.find(([, pattern]) => pattern.test(head))?.[0] ?? 'other';
}

/**
 * The resources that a refusal names. For CDS and LDS Envoy writes `Error adding/updating cluster(s) NAME: REASON, NAME:
 * REASON` and the like; anything less exact names nothing here, and the response is split instead.
 */
export function namedIn(text: string, resources: readonly Resource[]): Resource[] {
  const head = text.slice(0, MAX_TEXT);
  if (!/^Error adding\/updating (?:cluster|listener)\(s\) /.test(head)) return [];
  return resources.filter(({ name }) => ['(s) ', ', ', '\n'].some((before) => head.includes(`${before}${name}: `)));
}
