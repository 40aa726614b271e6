import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import { moduleConfig } from '../../resolution/module';
import type { Violation } from '../../resolution/quarantine';
import { resolverOf, usualResolver } from '../../resolution/resolver';
import { servicePortOf } from '../../resolution/service-port';
import { Sieve } from '../../resolution/sieve';
import { upstreamOf } from '../../resolution/upstream';
import type { UpstreamReference } from '../../resolution/upstream-reference';
import { hasEndpoints } from '../../resolution/service-endpoints';
import { type ReferenceRule, type RuleContext, upstreamsInService } from '../rule';

/** All others are looked up by Envoy, in DNS, where that is usual. */
const SPECIFIC = new Sieve<UpstreamReference>(({ tls, resolver }) => (tls ?? resolver) !== undefined);

/** CS3006, CS3009, CS3016, CS4009: the resolver, Service, port and endpoints that a definition means are there, and its scheme agrees with its `tls`. */
export const serviceReferenceRule: ReferenceRule = (context) => {
  const concerned = usualResolver(context.definitions)?.type === 'dns' ? SPECIFIC : undefined;
  return upstreamsInService(context, concerned).flatMap((reference): Violation[] => {
    const { definitions, policy } = context;
    const { owner, service, servicePath, tls } = reference;
    const resolver = resolverOf(reference, definitions);
    if (resolver?.type === 'dns' && tls === undefined) return [];
    const subject = subjectOf(owner);
    if (resolver === undefined) {
      const message = unusable(reference.resolver ?? moduleConfig(definitions).resolver ?? '', context);
      return [{ diagnostic: diagnostic('CS3006', { message, subject, location: owner.at(['spec', 'resolver']) }) }];
    }
    const found: Violation[] = [];
    if (tls !== undefined && service.startsWith('http:')) {
      const message = `the service says http://, but TLS is originated because of tls: ${tls}`;
      found.push({ diagnostic: diagnostic('CS4009', { message, subject, location: owner.at(servicePath) }) });
    }
    // What there is to say of services in Consul is in the rule about Consul.
    if (resolver.type !== 'endpoints') return found;
    const upstream = upstreamOf(reference, definitions, policy);
    if (upstream === undefined) return found;
    const known = servicePortOf(upstream, definitions, policy);
    if (known !== undefined)
      return hasEndpoints(known.service, definitions) ? found : [...found, { diagnostic: nowhere(known.service) }];
    const message = `Service ${upstream.host} with port ${upstream.port} is not found for resolver "${resolver.name}"`;
    return [...found, { diagnostic: diagnostic('CS3009', { message, subject, location: owner.at(servicePath) }) }];

    function nowhere({ metadata }: Definition<'Service'>) {
      const message = `Service ${metadata.namespace}/${metadata.name} has no endpoints for resolver "${resolver?.name}": Envoy has nowhere to send requests`;
      return diagnostic('CS3016', { message, subject, location: owner.at(servicePath) });
    }
  });
};

const RESOLVERS = ['ConsulResolver', 'KubernetesEndpointResolver', 'KubernetesServiceResolver'];

/** Why a resolver of that name cannot be used: its definition is out of service, or there is none. */
function unusable(name: string, { quarantine }: RuleContext): string {
  for (const key of quarantine.keys()) {
    const kind = RESOLVERS.find((each) => key.startsWith(`${each} `) && key.endsWith(`/${name}`));
    if (kind !== undefined) return `resolver "${name}" is a ${kind} that is out of service`;
  }
  return `resolver "${name}" is not defined`;
}
