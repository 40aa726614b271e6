import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import type { Folders } from './list-files';

interface FolderWatch {
  readonly identity: string;
  readonly watcher: FSWatcher;
}

/**
 * Watches a set of folders, each by itself and not what is below it, and tells that something happened in one of them.
 * What happened is for the next look at the disk to find out: events are lost, merged and named differently by every
 * operating system, and a listing is not.
 */
export class FolderWatches {
  readonly #onEvent: () => void;
  readonly #watches = new Map<string, FolderWatch>();

  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /**
   * Watches these folders and no others. A folder that was replaced is watched anew, as the old watch is on the folder that
   * is gone. A new watch counts as an event, for what happened between the listing and the watch.
   */
  follow(folders: Folders): void {
    for (const [path, { identity }] of this.#watches) {
      if (folders.get(path) !== identity) this.#close(path);
    }
    for (const [path, identity] of folders) {
      if (!this.#watches.has(path)) this.#open(path, identity);
    }
  }

  close(): void {
    for (const path of [...this.#watches.keys()]) this.#close(path);
  }

  /**
   * A folder that is deleted or moved away is reported under its own name, and its watch is dead from then on. Its
   * identity does not tell, since file systems give the same inode to the folder made next. A folder that can't be
   * watched, for want of inotify watches for instance, is left to the next look.
   */
  #open(path: string, identity: string): void {
    try {
      const watcher = watch(path, (event, name) => {
        if (event === 'rename' && (name === null || name === basename(path))) this.#close(path);
        this.#onEvent();
      });
      watcher.on('error', () => {
        this.#close(path);
        this.#onEvent();
      });
      this.#watches.set(path, { identity, watcher });
      this.#onEvent();
    } catch {
      this.#watches.delete(path);
    }
  }

  #close(path: string): void {
    this.#watches.get(path)?.watcher.close();
    this.#watches.delete(path);
  }
}
