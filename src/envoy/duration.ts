import type { EnvoyMessages } from '../protos';

/** Whole milliseconds as a `google.protobuf.Duration`. */
export function duration(milliseconds: number): EnvoyMessages['google.protobuf.Duration'] {
  return { seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1_000_000 };
}
