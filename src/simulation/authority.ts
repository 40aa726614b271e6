/** Where the port of an authority begins, at its colon; undefined without a port. An IPv6 address stands in brackets. */
export function portStart(authority: string): number | undefined {
  const colon = authority.lastIndexOf(':');
  return colon < 0 || authority.lastIndexOf(']') > colon ? undefined : colon;
}

export function withoutPort(authority: string): string {
  return authority.slice(0, portStart(authority));
}

/** Envoy’s `strip_matching_host_port`: without the port if it is the one on which the connection came in. */
export function withoutMatchingPort(authority: string, localPort: number): string {
  const start = portStart(authority);
  if (start === undefined) return authority;
  const port = authority.slice(start + 1);
  return /^\d+$/.test(port) && Number(port) === localPort ? authority.slice(0, start) : authority;
}
