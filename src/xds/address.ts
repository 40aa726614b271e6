/** Where to listen, in the terms of `net.Server.listen`. */
export type ListenAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Reads `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`. Port 0 takes any free one.
 *
 * @throws Error saying what is expected.
 */
export function parseListenAddress(text: string): ListenAddress {
  if (text.startsWith('unix:') && text.length > 'unix:'.length) return { path: text.slice('unix:'.length) };
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]/]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port <= 65_535)) {
    throw new Error(`invalid address ${JSON.stringify(text)}: expected HOST:PORT, [IPV6]:PORT or unix:PATH`);
  }
  return { host, port };
}
