import { buildIr } from '../../src/ir/build';
import type { Ir } from '../../src/ir/ir';
import type { VirtualHost } from '../../src/ir/route-configuration';
import { DEFAULT_POLICY, type Policy } from '../../src/resolution/policy';
import { judged } from '../validation/findings';

/** The IR of these texts as one node group. */
export function irOf(texts: readonly string[], policy: Partial<Policy> = {}): Ir {
  const { definitions, quarantine } = judged(texts, policy);
  return buildIr({ definitions, quarantine, policy: { ...DEFAULT_POLICY, ...policy } });
}

/** The virtual hosts of a filter chain, such as `https-a.test` or `http`, of the Listener on a port. */
export function virtualHosts(ir: Ir, port: number, chain: string): readonly VirtualHost[] | undefined {
  const found = ir.listeners.find((each) => each.port === port)?.filterChains.find(({ name }) => name === chain);
  return found?.action.type === 'http' ? found.action.routes.virtualHosts : undefined;
}
