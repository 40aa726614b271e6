import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import { type ModuleConfig, moduleConfig } from '../../resolution/module';
import type { Violation } from '../../resolution/quarantine';
import { resolverOf } from '../../resolution/resolver';
import { Sieve } from '../../resolution/sieve';
import { upstreamReferenceOf } from '../../resolution/upstream-reference';
import { inService, type ReferenceRule } from '../rule';

const DEMANDING = new Sieve<Definition<'Mapping'>>(
  ({ spec }) => (spec.load_balancer ?? spec.health_checks ?? spec.enable_ipv4) !== undefined,
);

/** CS5027, CS5028: what a Mapping asks of its endpoints, its resolver can show; and some kind of address is left. */
export const clusterRule: ReferenceRule = (context) => {
  const { definitions } = context;
  const module = moduleConfig(definitions);
  const found: Violation[] = [];
  // Unless the Module leaves no address to those that say nothing of it.
  const concerned = module.enable_ipv4 === false ? undefined : DEMANDING;
  for (const mapping of inService('Mapping', context, concerned)) {
    const { load_balancer, health_checks } = mapping.spec;
    if ((load_balancer ?? health_checks) !== undefined) {
      const resolver = resolverOf(upstreamReferenceOf(mapping), definitions);
      if (resolver?.type === 'dns') found.push(...unseen(mapping, resolver.name));
    }
    found.push(...addressless(mapping, module));
  }
  for (const mapping of inService('TCPMapping', context)) found.push(...addressless(mapping, module));
  return found;
};

/** A resolver by DNS sees what the name resolves to, of a Kubernetes Service one address for all of its endpoints. */
function unseen(mapping: Definition<'Mapping'>, resolver: string): readonly Violation[] {
  const { load_balancer, health_checks } = mapping.spec;
  const finding = (field: string, message: string, severity?: Diagnostic['severity']) => ({
    diagnostic: diagnostic('CS5027', {
      message,
      subject: subjectOf(mapping),
      location: mapping.at(['spec', field], 'key'),
      ...(severity !== undefined && { severity }),
    }),
  });
  const policy = load_balancer?.policy;
  const promises = policy === 'ring_hash' || policy === 'maglev';
  return [
    ...(policy === undefined
      ? []
      : promises
        ? [
            finding(
              'load_balancer',
              `${policy} promises an endpoint, which resolver "${resolver}" does not know`,
              'error',
            ),
          ]
        : [
            finding(
              'load_balancer',
              `${policy} spreads requests over what resolver "${resolver}" sees: one address of a Service`,
            ),
          ]),
    ...(health_checks === undefined
      ? []
      : [
          finding(
            'health_checks',
            `health_checks has no effect with resolver "${resolver}", which does not know the endpoints`,
          ),
        ]),
  ];
}

function addressless(
  mapping: Definition<'Mapping'> | Definition<'TCPMapping'>,
  module: ModuleConfig,
): readonly Violation[] {
  const { enable_ipv4, enable_ipv6 } = mapping.spec;
  if ((enable_ipv4 ?? module.enable_ipv4) !== false || (enable_ipv6 ?? module.enable_ipv6) === true) return [];
  const message = `${mapping.kind} "${mapping.metadata.name}" may use neither IPv4 nor IPv6`;
  const path = enable_ipv4 === undefined ? ['spec'] : ['spec', 'enable_ipv4'];
  return [{ diagnostic: diagnostic('CS5028', { message, subject: subjectOf(mapping), location: mapping.at(path) }) }];
}
