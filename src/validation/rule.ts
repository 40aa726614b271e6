import type { Diagnostic } from '../diagnostics/diagnostic';
import type { AnyDefinition, Definition } from '../model/definition';
import type { Path } from '../model/document';
import type { Definitions } from '../model/definitions';
import type { Kind } from '../model/kinds';
import type { Policy } from '../resolution/policy';
import type { Quarantine, Violation } from '../resolution/quarantine';
import type { LeftOut } from '../resolution/selection';
import { ListMemo } from '../resolution/list-memo';
import { Sieve } from '../resolution/sieve';
import {
  type UpstreamOwner,
  type UpstreamReference,
  upstreamOwners,
  upstreamReferenceOf,
} from '../resolution/upstream-reference';
import { surroundingsOf } from '../resolution/surroundings';

/**
 * A rule about one definition by itself. It must depend on the definition alone: its result is remembered for as long as
 * the definition is the same object, and an error makes the last good version of the definition stay in service.
 */
export type DefinitionRule = (definition: AnyDefinition) => readonly DefinitionFinding[];

export interface DefinitionFinding extends Diagnostic {
  /**
   * The definition does not even say in a form that Envoy takes which requests it is about, so that they can't be answered
   * with 503 in its place.
   */
  readonly unmatchable?: boolean;
  /** What the finding is about may be left out (KindModel.dispensable), and the rest of the definition is served. */
  readonly without?: Path;
}

/** What a rule across definitions may look at: one node group. */
export interface RuleContext {
  readonly definitions: Definitions;
  readonly policy: Policy;
  /** What earlier rules have taken out of service. */
  readonly quarantine: Quarantine;
  readonly at: Date;
  /** What the operator’s restriction leaves out of the input. */
  readonly left: LeftOut;
}

/** A rule across definitions. An error takes its subject out of service; rules run in order and see what earlier ones did. */
export type ReferenceRule = (context: RuleContext) => readonly Violation[];

/** The definitions of a kind that are in service; there is no more to say about the others. With `concerned`, only those. */
export function inService<K extends Kind>(
  kind: K,
  { definitions, quarantine }: RuleContext,
  concerned?: Sieve<Definition<K>>,
): readonly Definition<K>[] {
  const all = concerned?.of(surroundingsOf(definitions), definitions.of(kind)) ?? definitions.of(kind);
  if (quarantine.size === 0) return all;
  return all.filter((definition) => quarantine.reasonFor(definition) === undefined);
}

const connecting = new WeakMap<Definitions, readonly UpstreamReference[]>();
const references = new ListMemo<UpstreamOwner, readonly UpstreamReference[]>();

/** The services that definitions in service connect to. With `concerned`, only those. */
export function upstreamsInService(
  { definitions, quarantine }: RuleContext,
  concerned?: Sieve<UpstreamReference>,
): readonly UpstreamReference[] {
  let all = connecting.get(definitions);
  if (all === undefined) {
    const blocks = references.blocks(surroundingsOf(definitions), [], upstreamOwners(definitions), (block) =>
      block.map(upstreamReferenceOf).filter(({ connects }) => connects),
    );
    all = ([] as UpstreamReference[]).concat(...blocks);
    connecting.set(definitions, all);
  }
  const some = concerned?.of(surroundingsOf(definitions), all) ?? all;
  return quarantine.size === 0 ? some : some.filter(({ owner }) => quarantine.reasonFor(owner) === undefined);
}

/** Those that name a TLSContext. */
export const WITH_CONTEXT = new Sieve<UpstreamReference>(({ tls }) => tls !== undefined);

/** `warning`, or `error` where the operator asked for strictness. */
export function strictly(policy: Policy): 'warning' | 'error' {
  return policy.strict ? 'error' : 'warning';
}

/** What is not known from Consul is to be expected where Consul is not asked. */
export function notToldByConsul({ asksConsul }: Policy): Pick<Violation, 'toldAs'> {
  return asksConsul === true ? {} : { toldAs: 'info' };
}
