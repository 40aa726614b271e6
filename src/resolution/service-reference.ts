/** A Mapping's `service`, taken apart: `[http://|https://]host[.namespace][:port]` (semantics of Ambassador's "Mapping: service"). */
export interface ServiceReference {
  readonly scheme?: 'http' | 'https';
  /** As written: a name, an IPv4 or an IPv6 literal (without brackets). */
  readonly host: string;
  readonly port?: number;
  /** A path was given; it means nothing and is ignored. */
  readonly ignoredPath?: string;
}

export type ParsedService =
  | { readonly ok: true; readonly service: ServiceReference }
  | { readonly ok: false; readonly problem: string };

/** Scheme, IPv6 address, host, port and path. */
const SERVICE = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:\[([0-9a-f:.]+)\]|([^:/?#\s[\]]+))(?::([^/?#]*))?([/?#].*)?$/i;
/** What stands before an `@` is not repeated: it may be a password. */
const USER_INFORMATION = /^(?:[a-z0-9+.-]*:\/\/)?[^/?#]*@/i;
const HOST = /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/i;

/** Reads a service; says what is wrong in words where it can't. */
export function parseService(text: string): ParsedService {
  if (USER_INFORMATION.test(text.trim())) return problem('a name or password before an @ is not sent to a service');
  const match = SERVICE.exec(text.trim());
  if (match === null) return problem(`"${text}" is not of the form [https://]host[:port]`);
  const [, scheme, ipv6, host, portText, path] = match;
  const normalised = scheme?.toLowerCase();
  if (normalised !== undefined && normalised !== 'http' && normalised !== 'https')
    return problem(`the scheme ${normalised}:// is not known; use http:// or https://`);
  const name = ipv6 ?? host ?? '';
  if (ipv6 === undefined && !HOST.test(name)) return problem(`"${name}" is not a host name or an IP address`);
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && !(/^\d+$/.test(portText ?? '') && port >= 1 && port <= 65535))
    return problem(`the port "${portText}" is not a number from 1 to 65535`);
  const ignoredPath = path !== undefined && path !== '/' ? path : undefined;
  return {
    ok: true,
    service: {
      ...(normalised !== undefined && { scheme: normalised }),
      host: name,
      ...(port !== undefined && { port }),
      ...(ignoredPath !== undefined && { ignoredPath }),
    },
  };
}

function problem(text: string): ParsedService {
  return { ok: false, problem: text };
}
