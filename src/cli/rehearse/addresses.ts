import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Target } from '../../rehearsal';

const FAMILIES = { ipv4: 4, ipv6: 6, both: 0 } as const;

/** The addresses that Envoy would connect to. @throws with the code of the name service (`ENOTFOUND`) */
export async function addressesOf({ host, addresses, firstOnly }: Target): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true, family: FAMILIES[addresses] });
  const unique = [...new Set(found.map(({ address }) => address))];
  return firstOnly ? unique.slice(0, 1) : unique;
}
