import { dirname } from 'node:path';
import { watch } from 'chokidar';

const QUIET_MS = 100;

/**
 * Calls `changed` whenever something in the folders of these files changed and has been quiet since. The folders are watched, not
 * the files: a Kubernetes volume swaps a link beside them. Also calls it once when the watch is up. Returns what ends it.
 */
export function watchFiles(paths: readonly string[], changed: () => void): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const directories = [...new Set(paths.map((path) => dirname(path)))];
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MS);
  };
  // What changed between the first reading and the watch is told by nobody: hence once more when the watch is up.
  const watcher = watch(directories, { depth: 0, ignoreInitial: true }).on('all', soon).on('ready', soon);
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
