import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import { suggest } from '../../model/decoding/suggest';
import { hostnameOf } from '../../resolution/attachment';
import type { QuarantineScope, Violation } from '../../resolution/quarantine';
import { linkedContext } from '../../resolution/host-tls';
import { isGranted } from '../../resolution/reference-grant';
import { resolveTlsContext } from '../../resolution/tls-context';
import { certificateReference } from '../../resolution/tls-secrets';
import type { UpstreamOwner } from '../../resolution/upstream-reference';
import {
  type ReferenceRule,
  type RuleContext,
  WITH_CONTEXT,
  notToldByConsul,
  strictly,
  upstreamsInService,
} from '../rule';

/** CS3001, CS3002, CS3003, CS3007, CS3011, CS3012, CS4011, CS4016: the TLSContexts that Hosts and definitions with a service name are there, unambiguous, sound and fitting. */
export const tlsContextRule: ReferenceRule = (context) => [
  ...upstreamsInService(context, WITH_CONTEXT).flatMap(({ owner, tls }) =>
    tls === undefined ? [] : check(owner, tls, ['spec', 'tls'], 'upstream', context),
  ),
  ...context.definitions
    .of('Host')
    .flatMap((host) => [
      ...(host.spec.tlsContext === undefined
        ? []
        : check(host, host.spec.tlsContext.name, ['spec', 'tlsContext', 'name'], 'all', context)),
      ...agreement(host, context),
    ]),
];

function check(
  owner: UpstreamOwner | Definition<'Host'>,
  name: string,
  path: Path,
  scope: QuarantineScope,
  { definitions, quarantine, policy }: RuleContext,
): readonly Violation[] {
  const resolved = resolveTlsContext(definitions, name, owner.metadata.namespace);
  const subject = subjectOf(owner);
  if (resolved.type === 'ambiguous') {
    const related = resolved.candidates.map((candidate) => ({
      message: keyOf(subjectOf(candidate)),
      location: candidate.at([]),
    }));
    const message = `TLSContext "${name}" is ambiguous: ${resolved.candidates.map(({ metadata }) => metadata.namespace).join(', ')} each have one`;
    return [{ diagnostic: diagnostic('CS3002', { message, subject, location: owner.at(path), related }) }];
  }
  if (resolved.type === 'missing') {
    const unreadable = quarantine.reason({ kind: 'TLSContext', namespace: owner.metadata.namespace, name });
    if (unreadable !== undefined) return [unusable(owner, name, path, unreadable.code)];
    const message = `TLSContext "${name}" is not found${suggestion(
      name,
      definitions.of('TLSContext').map(({ metadata }) => metadata.name),
    )}`;
    const fix =
      name === 'true' && owner.kind !== 'Host' ? { fix: 'write https:// in `service`, or name a TLSContext' } : {};
    return [{ diagnostic: diagnostic('CS3001', { message, subject, location: owner.at(path), ...fix }) }];
  }
  const reason = quarantine.reasonFor(resolved.context, scope);
  if (reason?.code === 'CS7007')
    return [
      {
        ...notToldByConsul(policy),
        diagnostic: diagnostic('CS7007', {
          message: `TLSContext "${name}" waits for Consul`,
          subject,
          location: owner.at(path),
        }),
      },
    ];
  if (reason !== undefined) return [unusable(owner, name, path, reason.code)];
  const { namespace } = resolved.context.metadata;
  if (isGranted(owner, { kind: 'TLSContext', namespace, name }, definitions)) return [];
  const message = `TLSContext "${name}" is in namespace ${resolved.context.metadata.namespace}, not in ${owner.metadata.namespace}`;
  return [
    { diagnostic: diagnostic('CS3003', { message, subject, location: owner.at(path), severity: strictly(policy) }) },
  ];
}

function unusable(owner: UpstreamOwner | Definition<'Host'>, name: string, path: Path, code: string): Violation {
  const message = `TLSContext "${name}" is unusable (${code})`;
  return { diagnostic: diagnostic('CS3007', { message, subject: subjectOf(owner), location: owner.at(path) }) };
}

/** The TLSContext that a Host links, by name or as `<host>-context`, means the same Secret and, if it says so, this Host. */
function agreement(host: Definition<'Host'>, { definitions, quarantine }: RuleContext): readonly Violation[] {
  const { tlsSecret } = host.spec;
  const named = host.spec.tlsContext !== undefined;
  const linked = linkedContext(host, definitions);
  if (linked === undefined && host.spec.tls === undefined && tlsSecret !== undefined && !named) {
    // Of one that is out of service nothing may be known but its name: it would have been linked.
    const unreadable = {
      kind: 'TLSContext',
      namespace: host.metadata.namespace,
      name: `${host.metadata.name}-context`,
    };
    const fault = quarantine.reason(unreadable);
    return fault === undefined ? [] : [unusable(host, unreadable.name, ['spec', 'tlsSecret'], fault.code)];
  }
  if (linked === undefined || (tlsSecret === undefined && !named)) return [];
  const subject = subjectOf(host);
  const path = named ? ['spec', 'tlsContext', 'name'] : ['spec', 'tlsSecret'];
  const reason = named ? undefined : quarantine.reasonFor(linked);
  if (reason !== undefined) return [unusable(host, linked.metadata.name, path, reason.code)];
  const { cert_chain_file: file } = linked.spec;
  if (tlsSecret === undefined && file === undefined) {
    const message = 'tlsContext is given, but no tlsSecret: there is no certificate to terminate TLS with';
    return [
      { diagnostic: diagnostic('CS4011', { message, subject, location: host.at(['spec', 'tlsContext'], 'key') }) },
    ];
  }
  if (tlsSecret !== undefined && file !== undefined) {
    const message = `the Host names a tlsSecret, its TLSContext ${linked.metadata.name} a cert_chain_file`;
    const related = [{ message: 'the TLSContext', location: linked.at(['spec', 'cert_chain_file']) }];
    return [{ diagnostic: diagnostic('CS3012', { message, subject, location: host.at(path), related }) }];
  }
  const certificate = certificateReference(linked, definitions);
  const own = `${tlsSecret?.namespace ?? host.metadata.namespace}/${tlsSecret?.name}`;
  if (certificate !== undefined && `${certificate.namespace}/${certificate.name}` !== own) {
    const message = `the Host names Secret ${own}, its TLSContext ${certificate.namespace}/${certificate.name}`;
    const related = [{ message: 'the TLSContext', location: linked.at(['spec', 'secret']) }];
    return [{ diagnostic: diagnostic('CS3011', { message, subject, location: host.at(path), related }) }];
  }
  const { hosts = [] } = linked.spec;
  if (hosts.length === 0 || hosts.includes(hostnameOf(host)) || hosts.includes(host.metadata.name)) return [];
  const message = `TLSContext "${linked.metadata.name}" lists ${hosts.join(', ')}, not ${hostnameOf(host)}`;
  return [{ diagnostic: diagnostic('CS4016', { message, subject, location: host.at(path) }) }];
}

/** Among more names than anybody would have mistyped one of, comparing each would take longer than all the rest. */
const MAX_CANDIDATES = 500;

function suggestion(name: string, known: readonly string[]): string {
  const near = known.length > MAX_CANDIDATES ? undefined : suggest(name, known);
  return near === undefined ? '' : `. Did you mean "${near}"?`;
}
