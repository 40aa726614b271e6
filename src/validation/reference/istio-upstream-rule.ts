import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import { istioPeers } from '../../resolution/istio-peers';
import { kubernetesName } from '../../resolution/kubernetes-name';
import type { Violation } from '../../resolution/quarantine';
import { resolveTlsContext } from '../../resolution/tls-context';
import { type Upstream, upstreamOf } from '../../resolution/upstream';
import type { UpstreamReference } from '../../resolution/upstream-reference';
import { type ReferenceRule, type RuleContext, WITH_CONTEXT, strictly, upstreamsInService } from '../rule';

/** CS7045 to CS7048: of an upstream in an Istio mesh it is known whom to expect, at which port, and whether it speaks TLS. */
export const istioUpstreamRule: ReferenceRule = (context) => {
  const { definitions } = context;
  if (!definitions.of('TLSContext').some(({ spec }) => spec.istio !== undefined)) return [];
  return upstreamsInService(context, WITH_CONTEXT).flatMap((reference) => {
    const resolved = resolveTlsContext(definitions, reference.tls ?? '', reference.owner.metadata.namespace);
    return resolved.type === 'found' && resolved.context.spec.istio !== undefined
      ? ofUpstream(reference, resolved.context, context)
      : [];
  });
};

function ofUpstream(
  reference: UpstreamReference,
  tlsContext: Definition<'TLSContext'>,
  { definitions, policy }: RuleContext,
): readonly Violation[] {
  const { owner, servicePath } = reference;
  const upstream = upstreamOf(reference, definitions, policy);
  if (upstream === undefined) return [];
  const place = { subject: subjectOf(owner), location: owner.at(servicePath) };
  const peers = istioPeers(tlsContext, upstream, definitions, policy);
  const found: Violation[] = [];
  if (peers.type === 'unknown') {
    const message = `of ${upstream.host} it is not known whom to expect: it is no name of a Kubernetes Service, and TLSContext "${tlsContext.metadata.name}" has no verify`;
    found.push({ diagnostic: diagnostic('CS7045', { message, ...place }) });
  }
  if (peers.type === 'namespace') {
    const message = `of ${upstream.host} no Pod is known: whoever has a certificate for ${peers.prefix}… is accepted`;
    found.push({ diagnostic: diagnostic('CS7046', { message, severity: strictly(policy), ...place }) });
  }
  if (upstream.service.port === undefined && !hasPort(upstream, { definitions, policy })) {
    const message = `service "${reference.service}" has no port, which means 443 with a TLSContext`;
    found.push({ diagnostic: diagnostic('CS7047', { message, ...place }) });
  }
  if (tlsContext.spec.istio?.mode === 'auto' && upstream.resolver.type !== 'endpoints') {
    const message = `TLSContext "${tlsContext.metadata.name}" has istio.mode auto, and the endpoints of ${upstream.host} come from DNS`;
    found.push({ diagnostic: diagnostic('CS7048', { message, ...place }) });
  }
  return found;
}

/** Whether the Service is known to have the port that is meant. */
function hasPort(
  { host, port }: Upstream,
  { definitions, policy }: Pick<RuleContext, 'definitions' | 'policy'>,
): boolean {
  const name = kubernetesName(host, policy);
  const service = name && definitions.find('Service', name.namespace, name.service);
  return service?.spec.ports?.some((candidate) => candidate.port === port) === true;
}
