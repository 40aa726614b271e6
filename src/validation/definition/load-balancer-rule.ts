import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type AnyDefinition, subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import type { Specs } from '../../model/kinds';
import type { DefinitionRule } from '../rule';

type LoadBalancer = NonNullable<Specs['Mapping']['load_balancer']>;

/** CS5025: `ring_hash` and `maglev` choose by exactly one thing, the other policies by none. */
export const loadBalancerRule: DefinitionRule = (definition) => {
  if (definition.kind === 'Mapping') return judge(definition, definition.spec.load_balancer, ['spec', 'load_balancer']);
  if (definition.kind !== 'Module') return [];
  return judge(definition, definition.spec.config?.load_balancer, ['spec', 'config', 'load_balancer']);
};

function judge(definition: AnyDefinition, balancer: LoadBalancer | undefined, path: Path): readonly Diagnostic[] {
  if (balancer === undefined) return [];
  const { policy, cookie, header, source_ip } = balancer;
  const keys = [cookie, header, source_ip === true ? true : undefined].filter((key) => key !== undefined).length;
  const hashes = policy === 'ring_hash' || policy === 'maglev';
  if (keys === (hashes ? 1 : 0)) return [];
  const message = hashes
    ? `policy ${policy} chooses by one of cookie, header and source_ip, not by ${keys}`
    : `policy ${policy} chooses by no cookie, header or source_ip`;
  return [diagnostic('CS5025', { message, subject: subjectOf(definition), location: definition.at(path) })];
}
