import type { Kind } from '../kinds';
import type { Converted } from './convert-v2';
import { isFields } from './problem';

const WITH_UPSTREAM: readonly Kind[] = [
  'AuthService',
  'LogService',
  'Mapping',
  'RateLimitService',
  'TCPMapping',
  'TracingService',
];

/** `tls: ""` names no TLSContext: Ambassador takes it for a field that is not there, and so it is here, with a warning. */
export function withoutEmptyTls(kind: Kind, converted: Converted): Converted {
  const { spec } = converted;
  if (!isFields(spec) || spec['tls'] !== '' || !WITH_UPSTREAM.includes(kind)) return converted;
  const { tls: _, ...rest } = spec;
  return {
    spec: rest,
    problems: [
      ...converted.problems,
      {
        code: 'CS1028',
        message: 'spec.tls has no effect: it is empty, so it names no TLSContext',
        fix: 'remove the field, or name a TLSContext',
        path: ['spec', 'tls'],
        part: 'key',
      },
    ],
    toDocument: (path) => converted.toDocument(path),
  };
}
