import { BlockList, isIP } from 'node:net';
import type { AddressRule } from '../ir/address-rule';
import type { HttpAction } from '../ir/listener';
import type { SimulatedRequest } from './request';

/** The two addresses of a request. */
export interface ClientAddress {
  /** Who has connected. A PROXY protocol header does not change it. */
  readonly peer: string;
  /** Who is taken for the client: the proxies that are trusted may name another. */
  readonly remote: string;
}

/**
 * As Envoy tells them (Envoy, "x-forwarded-for"). With `use_remote_address` the client is so many places from the end of the header as
 * there are trusted proxies, without it one more.
 */
export function clientAddress(
  request: SimulatedRequest,
  forwardedFor: string | undefined,
  action: HttpAction,
): ClientAddress {
  const peer = request.remoteAddress ?? '127.0.0.1';
  const direct = request.proxyProtocol?.sourceAddress ?? peer;
  const place = action.options.useRemoteAddress ? action.trustedHops : action.trustedHops + 1;
  const named = place === 0 ? undefined : forwardedFor?.split(',').at(-place)?.trim();
  return { peer, remote: named !== undefined && isIP(named) !== 0 ? named : direct };
}

/** Whether `ip_allow` or `ip_deny` keeps a client out. */
export function isKeptOut({ action, addresses }: AddressRule, client: ClientAddress): boolean {
  const listed = addresses.some(({ of, address, prefixLength }) => {
    const list = new BlockList();
    list.addSubnet(address, prefixLength, isIP(address) === 6 ? 'ipv6' : 'ipv4');
    return list.check(client[of], isIP(client[of]) === 6 ? 'ipv6' : 'ipv4');
  });
  return listed === (action === 'deny');
}
