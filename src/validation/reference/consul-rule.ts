import { isIP } from 'node:net';
import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import { CONNECTOR_SECRET, consulIdentity } from '../../resolution/consul-identity';
import { type ConsulService, consulEndpointsOf, isSidecar, speaksConnect } from '../../resolution/consul-service';
import type { Violation } from '../../resolution/quarantine';
import { isGranted } from '../../resolution/reference-grant';
import { resolverNamed, resolverOf, usualResolver } from '../../resolution/resolver';
import { Sieve } from '../../resolution/sieve';
import { upstreamOf } from '../../resolution/upstream';
import type { UpstreamReference } from '../../resolution/upstream-reference';
import {
  inService,
  notToldByConsul,
  type ReferenceRule,
  type RuleContext,
  strictly,
  upstreamsInService,
} from '../rule';

const SPECIFIC = new Sieve<UpstreamReference>(({ tls, resolver }) => (tls ?? resolver) !== undefined);

/** CS7001, CS7002, CS7011, CS7012: the Consul that a TLSContext gets its certificate from is there, and it may use it. */
export const consulContextRule: ReferenceRule = (context) =>
  inService('TLSContext', context).flatMap((tlsContext) =>
    tlsContext.spec.consul === undefined ? ofConnector(tlsContext, context) : ofIdentity(tlsContext, context),
  );

/** CS7004, CS7006, CS7007, CS7008, CS7009, CS7010: services in Consul have names that can be, and are known from there. */
export const consulServiceRule: ReferenceRule = (context) => {
  if (context.definitions.of('ConsulResolver').length === 0) return [];
  const concerned = usualResolver(context.definitions)?.type === 'consul' ? undefined : SPECIFIC;
  return upstreamsInService(context, concerned).flatMap((reference) => ofUpstream(reference, context));
};

function ofIdentity(tlsContext: Definition<'TLSContext'>, { definitions, policy }: RuleContext): readonly Violation[] {
  const name = tlsContext.spec.consul?.resolver ?? '';
  const subject = subjectOf(tlsContext);
  const location = tlsContext.at(['spec', 'consul', 'resolver']);
  const resolver = resolverNamed(name, definitions);
  if (resolver?.type !== 'consul') {
    const message =
      resolver === undefined ? `ConsulResolver "${name}" is not found` : `resolver "${name}" is no ConsulResolver`;
    return [{ diagnostic: diagnostic('CS7001', { message, subject, location }) }];
  }
  const { namespace } = resolver.definition.metadata;
  if (isGranted(tlsContext, { kind: 'ConsulResolver', namespace, name }, definitions)) return [];
  const message = `ConsulResolver "${name}" is in namespace ${namespace}, not in ${tlsContext.metadata.namespace}`;
  return [{ diagnostic: diagnostic('CS7002', { message, subject, location, severity: strictly(policy) }) }];
}

function ofConnector(tlsContext: Definition<'TLSContext'>, { definitions }: RuleContext): readonly Violation[] {
  const count = definitions.of('ConsulResolver').length;
  if (tlsContext.spec.secret !== CONNECTOR_SECRET || count === 0) return [];
  const place = { subject: subjectOf(tlsContext), location: tlsContext.at(['spec', 'secret']) };
  const identity = consulIdentity(tlsContext, definitions);
  return [
    {
      diagnostic:
        identity === undefined
          ? diagnostic('CS7011', {
              message: `${CONNECTOR_SECRET}: which of ${count} ConsulResolvers is meant?`,
              ...place,
            })
          : diagnostic('CS7012', {
              message: `certificate and roots come from Consul itself (ConsulResolver ${identity.resolver.metadata.name}), as service "${identity.service}"`,
              ...place,
            }),
    },
  ];
}

function ofUpstream(reference: UpstreamReference, context: RuleContext): readonly Violation[] {
  const { definitions, policy } = context;
  const { owner, parsed, servicePath, tls } = reference;
  const subject = subjectOf(owner);
  const location = owner.at(servicePath);
  const resolver = resolverOf(reference, definitions);
  const connect = speaksConnect(reference, definitions);
  if (resolver?.type !== 'consul') {
    if (!connect) return [];
    const message = `TLSContext "${tls}" is for Consul Connect, but the resolver "${resolver?.name}" does not ask Consul`;
    return [{ diagnostic: diagnostic('CS7004', { message, subject, location: owner.at(['spec', 'tls']) }) }];
  }
  if (!parsed.ok) return [];
  const { host, port } = parsed.service;
  if (host.includes('.') || isIP(host) !== 0) {
    const message = `"${host}" is not the name of a service in Consul`;
    return [{ diagnostic: diagnostic('CS7006', { message, subject, location }) }];
  }
  const found: Violation[] = [];
  if (port !== undefined) {
    const message = `the port ${port} has no effect: Consul says on which port each instance of "${host}" listens`;
    found.push({ diagnostic: diagnostic('CS7009', { message, subject, location }) });
  }
  if (isSidecar(host) && !connect) {
    const message = `"${host}" is a sidecar of Consul Connect, and is reached without a certificate of the mesh`;
    found.push({ diagnostic: diagnostic('CS7010', { message, subject, location }) });
  }
  const known = upstreamOf(reference, definitions, policy)?.consul;
  return known === undefined ? found : [...found, ...ofInstances(known)];

  function ofInstances(consul: ConsulService): readonly Violation[] {
    const endpoints = consulEndpointsOf(consul, definitions)?.spec;
    const what = `${consul.connect ? 'proxies' : 'instances'} of service "${consul.service}"`;
    if (endpoints === undefined || (consul.connect && endpoints.trust_domain === undefined)) {
      const message = `the ${what} are not known yet from Consul (ConsulResolver ${consul.resolver.metadata.name})`;
      return [{ ...notToldByConsul(policy), diagnostic: diagnostic('CS7007', { message, subject, location }) }];
    }
    if ((endpoints.endpoints ?? []).length > 0) return [];
    const message = `Consul knows no ${what} that pass their checks: Envoy has nowhere to send requests`;
    return [{ diagnostic: diagnostic('CS7008', { message, subject, location }) }];
  }
}
