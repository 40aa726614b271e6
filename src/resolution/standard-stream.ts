/** Names of the standard output and error of a process, such as Ambassador's default for its access log. */
const STREAMS: Readonly<Record<string, 'stdout' | 'stderr'>> = {
  '/dev/fd/1': 'stdout',
  '/dev/stdout': 'stdout',
  '/proc/self/fd/1': 'stdout',
  '/dev/fd/2': 'stderr',
  '/dev/stderr': 'stderr',
  '/proc/self/fd/2': 'stderr',
};

/** Which stream the path stands for; undefined if it is a file. */
export function standardStream(path: string): 'stdout' | 'stderr' | undefined {
  return Object.hasOwn(STREAMS, path) ? STREAMS[path] : undefined;
}
