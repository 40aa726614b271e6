import { setFlagsFromString } from 'node:v8';

/** The first Node whose V8 knows the flag. */
const SINCE_NODE = 24;

/**
 * Has V8 count what it holds outside its heap together with the heap. TLS sessions and HTTP/2 are mostly there, and by itself V8 takes
 * their growth for an emergency and collects garbage after every few hundred of them: with ten thousand connections the event loop
 * stands still for a tenth of a second and more, again and again. To be called before anything is served.
 */
export function countExternalMemoryAsHeap(): void {
  if (Number.parseInt(process.versions.node, 10) >= SINCE_NODE)
    setFlagsFromString('--external-memory-accounted-in-global-limit');
}
