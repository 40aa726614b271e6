import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { Violation } from '../../resolution/quarantine';
import { resolverOf } from '../../resolution/resolver';
import { servicePortOf } from '../../resolution/service-port';
import { upstreamOf } from '../../resolution/upstream';
import { inService, type ReferenceRule } from '../rule';

/** CS3006, CS3009, CS4009: the resolver, Service and port that a Mapping means are there, and its scheme agrees with its `tls`. */
export const serviceReferenceRule: ReferenceRule = (context) =>
  inService('Mapping', context).flatMap((mapping): Violation[] => {
    const { definitions, policy } = context;
    const { spec } = mapping;
    if (spec.host_redirect === true) return [];
    const subject = subjectOf(mapping);
    const resolver = resolverOf(mapping, definitions);
    if (resolver === undefined) {
      const message = `resolver "${spec.resolver}" is not defined`;
      return [{ diagnostic: diagnostic('CS3006', { message, subject, location: mapping.at(['spec', 'resolver']) }) }];
    }
    const found: Violation[] = [];
    if (spec.tls !== undefined && spec.service.startsWith('http:')) {
      const message = `the service says http://, but TLS is originated because of tls: ${spec.tls}`;
      found.push({ diagnostic: diagnostic('CS4009', { message, subject, location: mapping.at(['spec', 'service']) }) });
    }
    if (resolver.type === 'dns') return found;
    const upstream = upstreamOf(mapping, definitions, policy);
    if (upstream === undefined || servicePortOf(upstream, definitions, policy) !== undefined) return found;
    const message = `Service ${upstream.host} with port ${upstream.port} is not found for resolver "${resolver.name}"`;
    return [
      ...found,
      { diagnostic: diagnostic('CS3009', { message, subject, location: mapping.at(['spec', 'service']) }) },
    ];
  });
